using System.Net;
using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.AspNetCore.Identity;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

public sealed class RulesTests
{
    private static readonly Account Researcher = new("ito", "Ito", "RIKEN", [Kakehashi.Contracts.Roles.Researcher], [], []);
    private static readonly Account Steward = Researcher with { Roles = [Kakehashi.Contracts.Roles.Steward] };

    // RFC 6238 appendix B, SHA-1: the last six of its eight digits.
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code) => Assert.Equal(
        code, TotpRules.CodeAt(Encoding.ASCII.GetBytes("12345678901234567890"), TotpRules.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))));

    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Secrets_are_written_as_in_the_standard(string text, string base32) =>
        Assert.Equal(base32, TotpRules.Base32(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void A_written_secret_reads_back() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[]>().Filter(bytes => bytes is not null),
        bytes => TotpRules.FromBase32(TotpRules.Base32(bytes))!.SequenceEqual(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_code_counts_within_one_step_of_its_own() => Prop.ForAll(
        Gen.Choose(-4, 4).ToArbitrary(),
        Gen.Choose(0, 1_000_000_000).ToArbitrary(),
        (steps, seconds) =>
        {
            var secret = SHA1Like(seconds);
            var now = DateTimeOffset.FromUnixTimeSeconds(seconds + 1000);
            var step = TotpRules.StepAt(now) + steps;
            var isNear = Math.Abs(steps) <= 1;
            // Two steps may share a code by chance; then the match is of the other step.
            return TotpRules.MatchingStep(secret, TotpRules.CodeAt(secret, step), now) is { } found ? isNear || found != step : !isNear;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("１２３４５６")]
    public void What_is_no_code_matches_nothing(string typed) =>
        Assert.Null(TotpRules.MatchingStep(new byte[20], TotpRules.Normalise(typed), DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("correct horse battery staple", null)]
    [InlineData("11 letters!", "password.too-short")]
    [InlineData("aaaabbbbaaaabbbb", "password.too-simple")]
    [InlineData("my name is Ito, really", "password.holds-user-name")]
    public void A_password_is_long_and_varied(string password, string? refusal) => Assert.Equal(refusal, PasswordRules.WhyNot(password, "ito"));

    [Fact]
    public void A_password_has_an_end() => Assert.Equal("password.too-long", PasswordRules.WhyNot(new('x', 257), "ito"));

    [Fact]
    public void Nothing_matches_a_missing_hash() => Assert.Equal(PasswordVerificationResult.Failed, PasswordRules.Verify(null, Given.Password));

    [Theory]
    [InlineData("192.0.2.77", null, "192.0.2.0/24")]
    [InlineData("::ffff:192.0.2.77", null, "192.0.2.0/24")]
    [InlineData("2001:db8:1:2:3::4", null, "2001:db8:1::/48")]
    [InlineData("127.0.0.1", "203.0.113.9", "203.0.113.0/24")]                   // the Gateway on this machine
    [InlineData("::1", "198.51.100.1, 203.0.113.9", "203.0.113.0/24")]          // only what the Gateway wrote
    [InlineData("10.1.2.3", "203.0.113.9", "203.0.113.0/24")]                    // a trusted proxy
    [InlineData("192.0.2.77", "203.0.113.9", "192.0.2.0/24")]                    // anybody else may write what they like
    [InlineData("127.0.0.1", "not an address", "127.0.0.0/24")]
    public void The_network_is_that_of_the_last_hop_we_trust(string peer, string? forwarded, string network) =>
        Assert.Equal(network, NetworkRules.NetworkOf(IPAddress.Parse(peer), forwarded, [IPNetwork.Parse("10.1.0.0/16")]));

    [Fact]
    public void What_comes_next_depends_on_roles_factors_and_what_is_asked()
    {
        var (one, two, fed) = (new SignInProof(Assurance.Sfa, ["pwd"]), new SignInProof(Assurance.Mfa, ["hwk"]), new SignInProof(Assurance.Sfa, ["fed"]));

        Assert.Equal(SignInStep.SignedIn, SignInRules.Next(Researcher, false, one, false));
        Assert.Equal(SignInStep.ProveSecondFactor, SignInRules.Next(Researcher, true, one, false));
        Assert.Equal(SignInStep.SignedIn, SignInRules.Next(Researcher, true, fed, false));
        Assert.Equal(SignInStep.ProveSecondFactor, SignInRules.Next(Researcher, true, fed, true));
        Assert.Equal(SignInStep.AddSecondFactor, SignInRules.Next(Researcher, false, one, true));
        Assert.Equal(SignInStep.EnterEnrolmentCode, SignInRules.Next(Steward, false, one, true));
        Assert.Equal(SignInStep.ProveSecondFactor, SignInRules.Next(Steward, true, fed, false));
        Assert.Equal(SignInStep.SignedIn, SignInRules.Next(Steward, false, two, true));
    }

    [Fact]
    public void Nobody_with_a_role_that_needs_two_factors_is_signed_in_with_one() => Prop.ForAll(
        Gen.Elements(Kakehashi.Contracts.Roles.NeedTwoFactors.ToArray()).ToArbitrary(),
        Gen.Elements("pwd", "fed").ToArbitrary(),
        ArbMap.Default.ArbFor<(bool HasSecond, bool Asked)>(),
        (role, method, state) => SignInRules.Next(
            Researcher with { Roles = [Kakehashi.Contracts.Roles.Researcher, role] }, state.HasSecond, new(Assurance.Sfa, [method]), state.Asked) != SignInStep.SignedIn)
        .QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(true, true, 9, true)]
    [InlineData(true, true, 11, false)]
    [InlineData(true, false, 1, false)]   // has two, showed one
    [InlineData(false, false, 9, true)]   // has but one
    public void Factors_are_changed_shortly_after_proving_all_there_are(bool hasSecond, bool twoFactors, int minutesAgo, bool may)
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(56);
        var session = new SignInSession(
            Guid.Empty, "ito", now, now, now.AddMinutes(-minutesAgo), twoFactors ? Assurance.Mfa : Assurance.Sfa, [], null);

        Assert.Equal(may, SignInRules.MayChangeFactors(Researcher, hasSecond, session, now));
        Assert.False(SignInRules.MayChangeFactors(Steward, hasSecond, session with { Acr = Assurance.Sfa }, now));
    }

    private static byte[] SHA1Like(int seed) => SHA256.HashData(BitConverter.GetBytes(seed))[..TotpRules.SecretBytes];
}
