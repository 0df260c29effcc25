using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Contracts;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Index;
using Kakehashi.Node.Tests.Index;

namespace Kakehashi.Node.Tests.Consents;

public sealed class ConsentViewTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(300);

    private static readonly Gen<Purpose> Asked =
        from use in Gen.Elements(Enum.GetValues<ResearchUse>())
        from commercial in Gen.Elements(true, false)
        from country in Gen.Elements("JP", "US")
        from disease in Gen.Elements("ICD10:F00", "ICD10:F00.1", "ICD10:E11")
        select new Purpose(use, use == ResearchUse.DS ? [disease] : [], commercial, country);

    [Fact]
    public void A_mask_holds_exactly_whose_permissions_cover_the_purpose_and_who_has_not_withdrawn() => Check.One(Many, Prop.ForAll(
        (from people in People.Population from purpose in Asked from every in Gen.Choose(1, 5) select (people, purpose, every)).ToArbitrary(),
        given =>
        {
            var (people, purpose, every) = given;
            var withdrawn = people.Where((_, i) => i % every == 0).ToArray();
            var view = new ConsentView(People.IndexOf(people), withdrawn.Select(People.ReferenceOf), withdrawn.Length);

            var expected = people.Except(withdrawn).Count(person => person.Dataset == "first" && MayUse(person.Permissions, purpose));

            return Bitmap.Count(view.MaskFor(purpose, ["first"])) == expected;
        }));

    [Fact]
    public void Nothing_recorded_means_nobody()
    {
        var person = People.Population.Sample(100, 1)[0].FirstOrDefault() ?? throw new InvalidOperationException("Sample a larger population.");
        var view = new ConsentView(People.IndexOf([person with { Permissions = [] }]), [], 0);

        Assert.Equal(0, Bitmap.Count(view.MaskFor(new(ResearchUse.GRU, []), ["first", "second"])));
        Assert.Equal(0, Bitmap.Count(view.CatalogueMask()));
    }

    /// <summary>The rule again in plain words, as a participant's form would say it.</summary>
    private static bool MayUse(string[] permissions, Purpose purpose)
    {
        var kind = purpose.Use switch
        {
            ResearchUse.GRU => permissions.Contains("GRU"),
            ResearchUse.HMB => permissions.Contains("GRU") || permissions.Contains("HMB"),
            ResearchUse.POA => permissions.Contains("GRU") || permissions.Contains("POA"),
            ResearchUse.MDS => permissions.Contains("GRU"),
            _ => permissions.Contains("GRU") || permissions.Contains("HMB")
                || (permissions.Contains("DS:ICD10:F00") && purpose.Diseases[0].StartsWith("ICD10:F00", StringComparison.Ordinal)),
        };
        return kind
            && (!purpose.Commercial || permissions.Contains("commercial"))
            && (purpose.Country == "JP" || permissions.Contains("abroad"));
    }
}
