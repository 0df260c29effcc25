using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Gateway.Sessions;

namespace Kakehashi.Gateway.Tests.Sessions;

public sealed class CookieSecretTests
{
    private static readonly SessionTokens Tokens = new("access", "refresh", "identity", "伊藤");

    [Fact]
    public void What_is_sealed_opens_with_the_same_cookie_only()
    {
        var secret = CookieSecret.Create();
        var sealedTokens = secret.Seal(Tokens);
        Assert.Equal(Tokens, CookieSecret.Read(secret.Reveal())!.Open(sealedTokens));
        Assert.Null(CookieSecret.Create().Open(sealedTokens));
        Assert.NotEqual(sealedTokens, secret.Seal(Tokens));
    }

    [Fact]
    public void No_altered_byte_goes_unnoticed()
    {
        var secret = CookieSecret.Create();
        var sealedTokens = secret.Seal(Tokens);
        Prop.ForAll(Gen.Choose(0, sealedTokens.Length - 1).Zip(Gen.Choose(1, 255)).ToArbitrary(), change =>
        {
            var altered = sealedTokens.ToArray();
            altered[change.Item1] ^= (byte)change.Item2;
            return secret.Open(altered) is null;
        }).QuickCheckThrowOnFailure();
        Assert.All(new[] { 0, 1, 27, sealedTokens.Length - 1 }, length => Assert.Null(secret.Open(sealedTokens.AsSpan(0, length))));
    }

    [Fact]
    public void Each_use_has_a_secret_of_its_own()
    {
        var secret = CookieSecret.Create();
        string[] all = [secret.Reveal(), Convert.ToBase64String(secret.Hash), .. new[] { "state", "nonce", "verifier", "tokens" }.Select(secret.Derive)];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(secret.Derive("state"), CookieSecret.Read(secret.Reveal())!.Derive("state"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")] // unused bits
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_we_did_not_make_is_no_cookie_of_ours(string? cookie) => Assert.Null(CookieSecret.Read(cookie));
}
