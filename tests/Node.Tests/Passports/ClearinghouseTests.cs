using System.Text.Json.Nodes;
using Kakehashi.Node.Passports;

namespace Kakehashi.Node.Tests.Passports;

public sealed class ClearinghouseTests : IDisposable
{
    private readonly House _house = new();

    public void Dispose() => _house.Dispose();

    public static TheoryData<string, string> SpoiltVisas => new()
    {
        { """{"header": {"typ": "JWT"}}""", VisaRefusals.WrongType },
        { """{"header": {"typ": "at+jwt"}}""", VisaRefusals.WrongType },
        { """{"header": {"alg": "PS256"}}""", VisaRefusals.WrongAlgorithm },
        { """{"header": {"alg": "HS256"}}""", VisaRefusals.WrongAlgorithm },
        { """{"header": {"kid": "RS256"}}""", VisaRefusals.UnsuitableKey },
        { """{"header": {"kid": "another"}}""", VisaRefusals.UnknownKey },
        { """{"header": {"crit": ["b64"]}}""", VisaRefusals.ForbiddenHeader },
        { """{"header": {"jku": 5}}""", VisaRefusals.Malformed },
        { """{"header": {"jku": "https://first.example.evil/keys"}}""", VisaRefusals.ForeignKeySet },
        { """{"header": {"jku": "https://second.example/keys"}}""", VisaRefusals.ForeignKeySet },
        { """{"claims": {"iss": "https://first.example/"}}""", VisaRefusals.UnknownIssuer },
        { """{"claims": {"iss": null}}""", VisaRefusals.UnknownIssuer },
        { """{"claims": {"sub": ""}}""", VisaRefusals.ClaimMissing },
        { """{"claims": {"iat": null}}""", VisaRefusals.ClaimMissing },
        { """{"claims": {"exp": 1800003600.5}}""", VisaRefusals.WrongDate },
        { """{"claims": {"exp": "1800003600"}}""", VisaRefusals.WrongDate },
        { """{"claims": {"exp": 1800000000}}""", VisaRefusals.Expired },
        { """{"claims": {"iat": 1800000006}}""", VisaRefusals.NotYetValid },
        { """{"claims": {"nbf": 1800000006}}""", VisaRefusals.NotYetValid },
        { """{"claims": {"scope": "x openid"}}""", VisaRefusals.AccessToken },
        { """{"claims": {"scope": ["openid"]}}""", VisaRefusals.AccessToken },
        { """{"claims": {"aud": "node:other"}}""", VisaRefusals.OtherAudience },
        { """{"says": {"asserted": 1800000006}}""", VisaRefusals.NotYetValid },
        { """{"says": {"asserted": -1}}""", VisaRefusals.WrongDate },
        { """{"says": {"type": "https://x.example/visas/1"}}""", VisaRefusals.UnsupportedKind },
        { """{"says": {"source": "https://bank.example/dac/"}}""", VisaRefusals.UntrustedSource },
        { """{"says": {"by": 5}}""", VisaRefusals.NoAuthority },
        { """{"says": {"conditions": {"type": "ResearcherStatus"}}}""", VisaRefusals.MalformedConditions },
    };

    [Theory]
    [MemberData(nameof(SpoiltVisas))]
    public void A_visa_that_counts_for_nothing_is_named_with_the_rule_that_refuses_it(string change, string code)
    {
        var changes = JsonNode.Parse(change)!;
        var claims = Claimed.Grant().ToJson();
        Merge(claims, changes["claims"]);
        Merge(claims["ga4gh_visa_v1"]!.AsObject(), changes["says"]);

        // Signed by the first issuer whatever it claims.
        var issuer = claims["iss"]?.ToString() == Claimed.First;
        var spoilt = issuer ? _house.Sign(claims, changes["header"]?.AsObject()) : _house.Sign(claims);
        var visas = _house.Check([_house.Sign(Claimed.Link(Claimed.First, "u1", ("u2", Claimed.Second))), spoilt]);

        var refused = Assert.Single(visas.Refused);
        Assert.Equal((1, code), (refused.Index, refused.Code));
        Assert.NotEmpty(refused.Text);
        Assert.Single(visas.Accepted);
    }

    [Theory]
    [InlineData("https://first.example/any/keys")]
    [InlineData("https://keys.example/first")]
    public void A_visa_may_name_its_issuers_own_key_set(string url) =>
        Assert.True(_house.Decide([_house.Sign(Claimed.Grant(), new() { ["jku"] = url })]).IsPermitted);

    [Theory]
    [InlineData("")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.e30")]
    public void What_is_no_signed_JWT_is_refused_as_malformed(string text) =>
        Assert.Equal(VisaRefusals.Malformed, Assert.Single(_house.Check([text]).Refused).Code);

    [Fact]
    public void A_visa_that_somebody_else_signed_is_refused() =>
        Assert.Equal(VisaRefusals.WrongSignature, Assert.Single(_house.Check([_house.Forge(Claimed.Grant())]).Refused).Code);

    [Fact]
    public void A_visa_is_at_most_8_KiB_long() =>
        Assert.Equal(VisaRefusals.TooLarge, Assert.Single(_house.Check([new string('a', 8193)]).Refused).Code);

    [Fact]
    public void An_issuer_cannot_speak_for_a_source_it_is_not_believed_for()
    {
        var grant = Claimed.Grant(Claimed.Second);
        var link = Claimed.Link(Claimed.First, "u1", ("u1", Claimed.Second));

        Assert.Equal(PassportRules.NoGrant, Code(_house.Decide(grant, link)));
        Assert.Equal(VisaRefusals.UntrustedSource, Assert.Single(_house.Check([_house.Sign(grant)]).Refused).Code);
    }

    [Fact]
    public void A_source_that_is_no_committee_opens_nothing() =>
        Assert.Equal(PassportRules.OtherCommittee, Code(_house.Decide(Claimed.Grant() with { Source = Claimed.Registry })));

    [Fact]
    public void Somebody_elses_passport_opens_nothing()
    {
        Assert.Equal(PassportRules.SomebodyElse, Code(_house.Decide(Claimed.Grant(subject: "victim"))));

        // Nor with the thief's own links beside it, nor with the victim's.
        Assert.Equal(PassportRules.SomebodyElse, Code(_house.Decide(
            Claimed.Grant(subject: "victim"),
            Claimed.Link(Claimed.First, "u1", ("u2", Claimed.Second)),
            Claimed.Link(Claimed.First, "victim", ("v2", Claimed.Second)))));
    }

    [Fact]
    public void A_condition_is_not_met_by_somebody_elses_visa()
    {
        var grant = Claimed.Grant() with { Conditions = """[[{"type": "ResearcherStatus", "value": "pattern:https://*"}]]""" };
        var status = new Claimed(Claimed.First, "u2", "ResearcherStatus", "https://status.example");

        Assert.Equal(PassportRules.ConditionsUnmet, Code(_house.Decide(grant, status)));
        Assert.True(_house.Decide(grant, status with { Subject = "u1" }).IsPermitted);
    }

    [Fact]
    public void Access_ends_with_the_first_visa_it_rests_on()
    {
        var grant = Claimed.Grant(subject: "u2") with { Conditions = """[[{"type": "ResearcherStatus", "value": "const:x"}]]""", Expires = Claimed.Now + 900 };
        var status = new Claimed(Claimed.First, "u1", "ResearcherStatus", "x") { Expires = Claimed.Now + 800 };
        var link = Claimed.Link(Claimed.Second, "z", ("u1", Claimed.First), ("u2", Claimed.First)) with { Expires = Claimed.Now + 700 };

        Assert.Equal(Claimed.Now + 700, _house.Decide(grant, status, link).Until);
        Assert.Equal(Claimed.Now + 800, _house.Decide(grant, status, link, link with { Expires = Claimed.Now + 850 }).Until);
        Assert.Equal(Claimed.Now + 900, _house.Decide(grant with { Subject = "u1" }, status with { Expires = Claimed.Now + 1000 }).Until);
    }

    [Fact]
    public void A_chain_of_links_lasts_as_long_as_its_shortest()
    {
        var grant = Claimed.Grant(subject: "u3") with { Expires = Claimed.Now + 1000 };
        var near = Claimed.Link(Claimed.First, "u1", ("u2", Claimed.Second)) with { Expires = Claimed.Now + 700 };
        var far = Claimed.Link(Claimed.Second, "u2", ("u3", Claimed.First)) with { Expires = Claimed.Now + 900 };

        Assert.Equal(Claimed.Now + 700, _house.Decide(grant, near, far).Until);
        Assert.Equal(Claimed.Now + 700, _house.Decide(grant, near with { Expires = Claimed.Now + 900 }, far with { Expires = Claimed.Now + 700 }).Until);
    }

    [Fact]
    public void What_was_asserted_too_long_ago_counts_no_more()
    {
        using var strict = new House(longest: 3600);

        Assert.Equal(VisaRefusals.AssertedTooLongAgo, Assert.Single(strict.Check([strict.Sign(Claimed.Grant())]).Refused).Code);
        Assert.Equal(Claimed.Now + 1, strict.Decide(Claimed.Grant() with { Asserted = Claimed.Now - 3599 }).Until);
    }

    [Fact]
    public void A_visa_with_conditions_links_nobody()
    {
        var link = Claimed.Link(Claimed.First, "u1", ("u2", Claimed.First)) with { Conditions = "[]" };

        Assert.Equal(PassportRules.SomebodyElse, Code(_house.Decide(Claimed.Grant(subject: "u2"), link)));
    }

    private static string Code(PassportDecision decision) => Assert.Single(decision.Reasons).Code;

    private static void Merge(JsonObject into, JsonNode? changes)
    {
        foreach (var (name, value) in changes?.AsObject() ?? [])
        {
            into[name] = value?.DeepClone();
            if (value is null)
            {
                into.Remove(name);
            }
        }
    }
}
