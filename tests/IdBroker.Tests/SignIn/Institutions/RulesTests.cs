using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Institutions;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

/// <summary>The rules of sign-in through institutions, without anything around them.</summary>
public sealed class RulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 4, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, false, null, false, ArrivalOutcome.Introduce, null)]
    [InlineData(null, false, "a", true, ArrivalOutcome.AddLink, null)]
    [InlineData("a", false, null, false, ArrivalOutcome.SignIn, null)]
    [InlineData("a", true, null, false, ArrivalOutcome.AskForRevetting, null)]
    [InlineData("a", false, "a", false, ArrivalOutcome.RenewLink, null)]
    [InlineData("a", true, "a", true, ArrivalOutcome.RenewLink, null)]
    [InlineData("a", true, "a", false, ArrivalOutcome.AskForRevetting, null)]
    [InlineData("a", false, "b", true, ArrivalOutcome.Refuse, "linked-elsewhere")]
    [InlineData("a", true, "b", true, ArrivalOutcome.Refuse, "linked-elsewhere")]
    public void Whose_account_an_identity_opens(
        string? linked, bool isDormant, string? signedIn, bool isOtherWayIn, ArrivalOutcome outcome, string? refusal) =>
        Assert.Equal((outcome, refusal), LinkRules.Decide(linked, isDormant, isEnabled: true, signedIn, isOtherWayIn));

    [Theory]
    [InlineData(false, ArrivalOutcome.Refuse, "account-closed")]
    [InlineData(true, ArrivalOutcome.AskForRevetting, null)]
    public void A_closed_account_stays_closed_and_an_identifier_given_anew_is_not_shut_out_with_it(bool isDormant, ArrivalOutcome outcome, string? refusal) =>
        Assert.Equal((outcome, refusal), LinkRules.Decide("a", isDormant, isEnabled: false, null, false));

    [Theory]
    [InlineData(365, null, 12, true)]
    [InlineData(364, null, 12, false)]
    [InlineData(365, null, 24, false)]
    [InlineData(731, null, 24, true)]
    [InlineData(900, 364, 12, false)]
    [InlineData(900, 365, 12, true)]
    [InlineData(10, 900, 12, false)]
    public void A_link_is_dormant_when_nobody_used_or_revetted_it_for_the_months(int daysSinceUse, int? daysSinceRevetting, int months, bool isDormant) =>
        Assert.Equal(isDormant, LinkRules.IsDormant(Now.AddDays(-daysSinceUse), daysSinceRevetting is { } days ? Now.AddDays(-days) : null, months, Now));

    [Theory]
    [InlineData(Assurance.Mfa, "pwd otp mfa", 0, 0, true)]
    [InlineData(Assurance.Sfa, "fed", 0, 0, true)]
    [InlineData(Assurance.Sfa, "pwd", 0, 0, false)]
    [InlineData(Assurance.Mfa, "pwd otp mfa", -5, -5, false)]
    [InlineData(Assurance.Mfa, "pwd otp mfa", -5, 1, true)]
    public void What_shows_that_it_is_the_same_person(string acr, string amr, int startedMinutes, int provedMinutes, bool shows)
    {
        var session = new SignInSession(Guid.Empty, "a", Now.AddMinutes(startedMinutes), Now, Now.AddMinutes(provedMinutes), acr, amr.Split(' '), null);

        Assert.Equal(shows, LinkRules.IsOtherWayIn(session, Now));
    }

    [Fact]
    public void An_answer_belongs_to_its_visit_only()
    {
        Assert.Null(VisitRules.WhyNot(Now, false, true, true, Now + Visit.Longest - TimeSpan.FromSeconds(1)));
        Assert.Equal("unknown-state", VisitRules.WhyNot(null, false, false, false, Now));
        Assert.Equal("replayed-state", VisitRules.WhyNot(Now, true, true, true, Now));
        Assert.Equal("other-browser", VisitRules.WhyNot(Now, false, true, false, Now));
        Assert.Equal("mixed-up", VisitRules.WhyNot(Now, false, false, true, Now));
        Assert.Equal("took-too-long", VisitRules.WhyNot(Now, false, true, true, Now + Visit.Longest));
    }

    [Fact]
    public void What_a_visit_shows_the_institution_tells_nothing_of_what_it_keeps()
    {
        var visit = new Visit("secret", new(), null, false, Now);

        Assert.Equal(3, new HashSet<string> { visit.Nonce, visit.Verifier, visit.Challenge }.Count);
        Assert.Equal(StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(visit.Verifier))), visit.Challenge);
        Assert.InRange(visit.Verifier.Length, 43, 128); // RFC 7636
        Assert.NotEqual(visit.Nonce, (visit with { Secret = "another" }).Nonce);
    }

    [Theory]
    [InlineData(null, null, false, false, false, false)]
    [InlineData(null, null, false, true, true, false)]
    [InlineData("login", null, false, false, true, false)]
    [InlineData("select_account", null, false, false, true, false)]
    [InlineData("consent", null, false, false, false, false)]
    [InlineData(null, 60, false, false, true, false)]
    [InlineData(null, null, true, false, true, true)]
    public void What_the_client_demands_is_passed_on(string? prompt, int? maxAge, bool twoFactors, bool isSignedIn, bool fresh, bool asksTwoFactors)
    {
        var ask = new AuthorizationAsk("c", "r", [], "x", null, null, prompt is null ? [] : [prompt], maxAge, twoFactors, null);

        Assert.Equal(new SignInDemands(fresh, asksTwoFactors), SignInDemands.Of(new(), ask, isSignedIn));
        Assert.Equal(new SignInDemands(true, true), SignInDemands.Of(new SignInGoal(null, TwoFactors: true), null, false));
    }

    [Theory]
    [InlineData("""{"sub": "s", "nonce": "n"}""", null)]
    [InlineData("""{"sub": "s"}""", "wrong-nonce")]
    [InlineData("""{"sub": "s", "nonce": "N"}""", "wrong-nonce")]
    [InlineData("""{"sub": "s", "nonce": ["n"]}""", "wrong-nonce")]
    [InlineData("""{"sub": "s", "nonce": "n", "azp": "us"}""", null)]
    [InlineData("""{"sub": "s", "nonce": "n", "azp": "them"}""", "wrong-audience")]
    [InlineData("""{"sub": "s", "nonce": "n", "azp": 1}""", "wrong-audience")]
    [InlineData("""{"sub": "s", "nonce": "n", "at_hash": "77QmUPtjPfzWtF2AnpK9RQ"}""", null)] // OpenID Connect Core A.3
    [InlineData("""{"sub": "s", "nonce": "n", "at_hash": "87QmUPtjPfzWtF2AnpK9RQ"}""", "wrong-access-token")]
    [InlineData("""{"sub": "s", "nonce": "n", "auth_time": 1775041200}""", null)]
    [InlineData("""{"sub": "s", "nonce": "n", "auth_time": 1775041199}""", "stale-sign-in")]
    [InlineData("""{"sub": "s\u0000", "nonce": "n"}""", "malformed-token")]
    [InlineData("""{"sub": "日本", "nonce": "n"}""", "malformed-token")]
    public void An_id_token_belongs_to_its_sign_in(string claims, string? refusal) => Assert.Equal(
        refusal,
        IdTokenRules.WhyNot(
            JsonElement.Parse(claims),
            new("us", "n", "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y", DateTimeOffset.FromUnixTimeSeconds(1775041200))));

    [Theory]
    [InlineData("""{"acr": "https://refeds.org/profile/mfa"}""", true)]
    [InlineData("""{"amr": ["pwd", "mfa"]}""", true)]
    [InlineData("""{"amr": ["pwd", "hwk"]}""", false)]
    [InlineData("""{"amr": "mfa"}""", false)]
    [InlineData("""{"acr": "https://refeds.org/profile/sfa"}""", false)]
    [InlineData("{}", false)]
    public void Two_factors_are_believed_only_in_the_words_agreed_on(string claims, bool two)
    {
        Assert.Equal(two, IdTokenRules.HasTwoFactors(JsonElement.Parse(claims), new([Assurance.Mfa], ["mfa"])));
        Assert.False(IdTokenRules.HasTwoFactors(JsonElement.Parse(claims), new()));
    }

    [Theory]
    [InlineData("""["faculty@example.ac.jp", "MEMBER@Example.ac.jp"]""", "faculty@example.ac.jp member@example.ac.jp")]
    [InlineData("""["faculty@other.ac.jp", "staff@med.example.ac.jp"]""", "")]
    [InlineData("""["faculty", "faculty@", "@example.ac.jp", "king@example.ac.jp", "a@b@example.ac.jp", 7]""", "")]
    [InlineData(""" "student@example.ac.jp;member@example.ac.jp" """, "member@example.ac.jp student@example.ac.jp")]
    [InlineData("{}", "")]
    public void Affiliations_are_taken_over_for_the_institutions_own_domains_only(string claim, string expected) =>
        Assert.Equal(expected, string.Join(' ', AffiliationRules.Affiliations(JsonElement.Parse(claim), ["example.ac.jp"])));

    [Fact]
    public void No_claim_brings_in_a_domain_the_institution_does_not_speak_for() => Prop.ForAll(
        ArbMap.Default.ArbFor<string[]>(),
        values => AffiliationRules.Affiliations(JsonSerializer.SerializeToElement(values.Select(value => $"member@{value}")), ["example.ac.jp"])
            .All(value => value == "member@example.ac.jp")).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("faculty@u", true)]
    [InlineData("student@u", true)]
    [InlineData("alum@u", false)]
    [InlineData("affiliate@u", false)]
    [InlineData("library-walk-in@u", false)]
    public void Who_belongs(string affiliation, bool belongs) => Assert.Equal(belongs, AffiliationRules.Belongs([affiliation]));

    [Theory]
    [InlineData("0000-0002-1825-0097", "0000-0002-1825-0097")]
    [InlineData("https://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X")]
    [InlineData("0000-0002-1825-0098", null)]
    [InlineData("https://orcid.example/0000-0002-1825-0097", null)]
    [InlineData("0000000218250097", null)]
    public void An_orcid_is_one_or_none(string text, string? orcid) => Assert.Equal(orcid, AffiliationRules.Orcid(JsonSerializer.SerializeToElement(text)));

    [Fact]
    public void An_institution_that_does_not_say_when_it_asked_may_have_done_so_long_ago()
    {
        using var http = new HttpClient();
        var institution = new Institution(InstitutionsFileTests.Good, null, http, TimeProvider.System, null!);
        var person = new ArrivedPerson("s", "n", [], [], null, TwoFactors: true, AuthTime: null);

        Assert.Equal(Now - SessionRules.Longest, person.ProofAt(institution, isFresh: false, Now).At);
        Assert.Equal(Now, person.ProofAt(institution, isFresh: true, Now).At);
        Assert.Equal(Now.AddHours(-1), (person with { AuthTime = Now.AddHours(-1) }).ProofAt(institution, isFresh: false, Now).At);
        Assert.Equal(Now, (person with { AuthTime = Now.AddHours(1) }).ProofAt(institution, isFresh: false, Now).At);
    }
}
