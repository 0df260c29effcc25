using FsCheck;
using FsCheck.Fluent;

namespace Kakehashi.Node.Tests.Passports;

public sealed class ClearinghouseProperties : IDisposable
{
    private const string IsFaculty = """{"type": "AffiliationAndRole", "value": "const:faculty@uni.example"}""";
    private const string IsFacultyBySo = """{"type": "AffiliationAndRole", "value": "const:faculty@uni.example", "by": "const:so"}""";
    private const string IsResearcher = """{"type": "ResearcherStatus", "value": "const:https://status.example"}""";

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static readonly Gen<(string Subject, string Issuer)> Identity = Gen.Elements(
        ("u1", Claimed.First), ("u2", Claimed.First), ("u2", Claimed.Second), ("u3", Claimed.Second));

    private static readonly Gen<Claimed> Assertion =
        from who in Identity
        from what in Gen.Elements(
            new Claimed("", "", "AffiliationAndRole", "faculty@uni.example") { By = "so" },
            new Claimed("", "", "AffiliationAndRole", "faculty@uni.example"),
            new Claimed("", "", "ResearcherStatus", "https://status.example"),
            new Claimed("", "", "ResearcherStatus", "https://other.example"))
        select what with { Issuer = who.Issuer, Subject = who.Subject };

    private static readonly Gen<Claimed> Grant =
        from who in Gen.Frequency((3, Gen.Constant(("u1", Claimed.First))), (2, Identity))
        from authority in Gen.Frequency((8, Gen.Constant<string?>("dac")), (1, Gen.Elements<string?>("so", null)))
        from conditions in Gen.Elements(
            null, null, $"[[{IsFaculty}]]", $"[[{IsFacultyBySo}]]", $"[[{IsFaculty},{IsResearcher}]]", $"[[{IsFacultyBySo}],[{IsResearcher}]]", "[[]]")
        select Claimed.Grant(who.Item2, who.Item1) with { By = authority, Conditions = conditions };

    private static readonly Gen<Claimed> Link =
        from who in Identity
        from one in Identity
        from other in Identity
        select Claimed.Link(who.Issuer, who.Subject, (one.Subject, one.Issuer), (other.Subject, other.Issuer));

    private static readonly Gen<Claimed> Visa =
        from visa in Gen.Frequency(
            (3, Grant),
            (4, Assertion),
            (4, Link))
        from expires in Gen.Frequency((9, Gen.Choose(1, 5000)), (1, Gen.Choose(-10, 0)))
        select visa with { Expires = Claimed.Now + expires };

    private static readonly Gen<List<Claimed>> Visas = Gen.Choose(1, 8).SelectMany(count => Visa.ListOf(count)).Select(list => list.ToList());

    private readonly House _house = new();

    public void Dispose() => _house.Dispose();

    [Fact]
    public void The_decision_is_that_of_the_standards_text() => Check.One(Many, Prop.ForAll(
        Visas.ToArbitrary(), visas => _house.Decide(visas).IsPermitted == NaiveClearinghouse.Permits(visas)));

    [Fact]
    public void Access_ends_at_the_very_second_from_which_the_standards_text_denies_it() => Check.One(Many, Prop.ForAll(
        Visas.ToArbitrary(),
        visas => _house.Decide(visas).Until is not { } until
            || (NaiveClearinghouse.Permits(visas, until - 1) && !NaiveClearinghouse.Permits(visas, until))));

    [Fact]
    public void The_samples_hold_enough_of_both_answers()
    {
        List<List<Claimed>> samples = [.. Visas.Sample(400)];

        Assert.Equal(400, samples.Count);
        Assert.InRange(samples.Count(visas => NaiveClearinghouse.Permits(visas)), 40, 360);
    }

    [Fact]
    public void A_visa_that_is_forged_or_from_a_stranger_changes_nothing() => Check.One(Many, Prop.ForAll(
        Visas.ToArbitrary(),
        Visa.ToArbitrary(),
        Gen.Elements("forged", "unsigned", "stranger", "source", "expired").ToArbitrary(),
        (visas, added, how) =>
        {
            List<string> signed = [.. visas.Select(visa => _house.Sign(visa))];
            var before = _house.Decide(signed);
            var after = _house.Decide([Spoilt(added, how), .. signed]);
            return before.Until == after.Until && before.Reasons.SequenceEqual(after.Reasons);
        }));

    [Fact]
    public void The_order_of_visas_does_not_matter() => Check.One(Many, Prop.ForAll(
        (from visas in Visas from shuffled in Gen.Shuffle<Claimed>(visas) select (visas, shuffled)).ToArbitrary(),
        orders =>
        {
            var (one, other) = (_house.Decide(orders.visas), _house.Decide(orders.shuffled));
            return one.Until == other.Until && one.Reasons.SequenceEqual(other.Reasons);
        }));

    [Fact]
    public void Access_never_outlasts_what_was_asked_of_it() => Check.One(Many, Prop.ForAll(
        Visas.ToArbitrary(),
        Gen.Choose(0, 5000).ToArbitrary(),
        (visas, seconds) =>
        {
            List<string> signed = [.. visas.Select(visa => _house.Sign(visa))];
            var (now, asked) = (_house.Decide(signed).Until, _house.Decide(signed, seconds).Until);
            return asked is null ? now is null || now <= Claimed.Now + seconds : asked == now && asked > Claimed.Now + seconds;
        }));

    private string Spoilt(Claimed visa, string how) => how switch
    {
        "forged" => _house.Forge(visa),
        "unsigned" => _house.Sign(visa, new() { ["alg"] = "none" }),
        "stranger" => _house.Sign(visa with { Issuer = House.Stranger }),
        "source" => _house.Sign(visa with { Source = "https://somebody.example" }),
        _ => _house.Sign(visa with { Expires = Claimed.Now }),
    };
}
