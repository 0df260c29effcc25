using Kakehashi.Contracts;
using Kakehashi.Node.Consents;

namespace Kakehashi.Node.Tests.Consents;

public sealed class TermsRulesTests
{
    private const string Gru = "DUO:0000042";
    private const string Hmb = "DUO:0000006";
    private const string Poa = "DUO:0000011";
    private const string DsMelanocytic = "DUO:0000007 ICD10:C43-C44";
    private const string DsMelanoma = "DUO:0000007 ICD10:C43";

    [Theory]
    [InlineData(ResearchUse.HMB, Verdict.Permit, Gru)]
    [InlineData(ResearchUse.HMB, Verdict.Permit, Hmb)]
    [InlineData(ResearchUse.GRU, Verdict.Deny, Hmb)]
    [InlineData(ResearchUse.GRU, Verdict.Deny, DsMelanoma)]
    [InlineData(ResearchUse.GRU, Verdict.Deny, Poa)]
    [InlineData(ResearchUse.DS, Verdict.Permit, DsMelanoma)]
    [InlineData(ResearchUse.DS, Verdict.Permit, DsMelanocytic)]
    [InlineData(ResearchUse.DS, Verdict.Deny, "DUO:0000007 ICD10:E11")]
    [InlineData(ResearchUse.POA, Verdict.Permit, Poa)]
    [InlineData(ResearchUse.POA, Verdict.Deny, Hmb)]
    [InlineData(ResearchUse.POA, Verdict.Deny, Gru, "DUO:0000044")]
    [InlineData(ResearchUse.MDS, Verdict.Permit, Hmb)]
    [InlineData(ResearchUse.MDS, Verdict.Deny, Hmb, "DUO:0000015")]
    [InlineData(ResearchUse.HMB, Verdict.Ask, Hmb, "DUO:0000021")]
    [InlineData(ResearchUse.HMB, Verdict.Ask, Hmb, "DUO:0000022 US")]
    [InlineData(ResearchUse.HMB, Verdict.Permit, Hmb, "DUO:0000022 JP")]
    [InlineData(ResearchUse.HMB, Verdict.Ask, Hmb, "DUO:0000026")]
    [InlineData(ResearchUse.HMB, Verdict.Ask, Hmb, "DUO:9999999")]
    [InlineData(ResearchUse.HMB, Verdict.Deny, "DUO:0000021")]
    [InlineData(ResearchUse.HMB, Verdict.Deny)]
    public void Terms_decide_a_purpose(ResearchUse use, Verdict expected, params string[] terms)
    {
        var purpose = new Purpose(use, use == ResearchUse.DS ? ["ICD10:C43.9"] : []);

        var decision = TermsRules.Decide(terms, purpose, PermissionRules.DiseaseCovers);

        Assert.Equal(expected, decision.Verdict);
        Assert.Equal(expected == Verdict.Permit, decision.Reasons.Count == 0);
    }

    [Theory]
    [InlineData("DUO:0000046")]
    [InlineData("DUO:0000045")]
    [InlineData("DUO:0000018")]
    public void Commercial_use_is_denied_where_the_terms_say_so(string term)
    {
        Purpose academic = new(ResearchUse.HMB, []);

        Assert.Equal(Verdict.Permit, TermsRules.Decide([Hmb, term], academic, PermissionRules.DiseaseCovers).Verdict);
        Assert.Equal(Verdict.Deny, TermsRules.Decide([Hmb, term], academic with { Commercial = true }, PermissionRules.DiseaseCovers).Verdict);
    }

    [Fact]
    public void Two_diseases_must_both_be_covered()
    {
        Purpose both = new(ResearchUse.DS, ["ICD10:C43", "ICD10:E11"]);

        Assert.Equal(Verdict.Deny, TermsRules.Decide([DsMelanoma], both, PermissionRules.DiseaseCovers).Verdict);
        Assert.Equal(Verdict.Permit, TermsRules.Decide([DsMelanoma, "DUO:0000007 ICD10:E10-E14"], both, PermissionRules.DiseaseCovers).Verdict);
    }

    [Fact]
    public void A_denial_outweighs_a_question_to_a_person_and_names_only_itself()
    {
        var decision = TermsRules.Decide(
            [Hmb, "DUO:0000021", "DUO:0000046"], new(ResearchUse.HMB, [], Commercial: true), PermissionRules.DiseaseCovers);

        Assert.Equal(Verdict.Deny, decision.Verdict);
        Assert.Equal(["terms.non-commercial"], decision.Reasons.Select(r => r.Code));
    }
}
