using System.Security.Claims;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

public sealed class DpopProofsTests : IDisposable
{
    private const string Url = "https://platform.example/api/catalog/searches";
    private const string Token = "a.b.c";

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);

    private readonly DpopKey _key = new();

    public void Dispose() => _key.Dispose();

    [Fact]
    public void A_good_proof_names_its_key_and_how_long_to_remember_it()
    {
        var proof = DpopProofs.Check([_key.Proof("POST", Url, Now, Token, claims => claims["jti"] = "once")], "POST", new(Url), Token, Now, out var refusal);
        Assert.Null(refusal);
        Assert.Equal(new DpopProof(_key.Thumbprint, "once", Now.AddSeconds(65)), proof);
    }

    public static TheoryData<string, string, string?> Claims => new()
    {
        { "htm", "\"GET\"", ProofRefusals.WrongMethod },
        { "htm", "\"post\"", ProofRefusals.WrongMethod },
        { "htm", "[\"POST\"]", ProofRefusals.WrongMethod },
        { "htm", "", ProofRefusals.WrongMethod },
        { "htu", "", ProofRefusals.WrongAddress },
        { "htu", "\"/api/catalog/searches\"", ProofRefusals.WrongAddress },
        { "htu", "\"http://platform.example/api/catalog/searches\"", ProofRefusals.WrongAddress },
        { "htu", "\"https://platform.example:8443/api/catalog/searches\"", ProofRefusals.WrongAddress },
        { "htu", "\"https://platform.example/api/catalog/Searches\"", ProofRefusals.WrongAddress },
        { "htu", "\"https://platform.example/api/catalog/searches/\"", ProofRefusals.WrongAddress },
        { "htu", "\"https://platform.example.evil.example/api/catalog/searches\"", ProofRefusals.WrongAddress },
        { "htu", "\"https://platform.example@evil.example/api/catalog/searches\"", ProofRefusals.WrongAddress },
        { "htu", "\"https://user@platform.example/api/catalog/searches\"", ProofRefusals.WrongAddress },
        { "htu", "\"https://platform.example/api/catalog%2Fsearches\"", ProofRefusals.WrongAddress },
        { "htu", "\"HTTPS://Platform.Example:443/api/./catalog/searches?q=1#x\"", null },
        { "iat", "", ProofRefusals.WrongTime },
        { "iat", "\"1800000000\"", ProofRefusals.WrongTime },
        { "iat", "1800000000.5", ProofRefusals.WrongTime },
        { "iat", "1799999939", ProofRefusals.WrongTime },
        { "iat", "1799999940", null },
        { "iat", "1800000005", null },
        { "iat", "1800000006", ProofRefusals.WrongTime },
        { "iat", "-9223372036854775808", ProofRefusals.WrongTime },
        { "jti", "", ProofRefusals.WrongId },
        { "jti", "\"\"", ProofRefusals.WrongId },
        { "jti", "7", ProofRefusals.WrongId },
        { "jti", "\"a b\"", ProofRefusals.WrongId },
        { "jti", $"\"{new string('x', 128)}\"", null },
        { "jti", $"\"{new string('x', 129)}\"", ProofRefusals.WrongId },
        { "ath", "", ProofRefusals.WrongToken },
        { "ath", $"\"{DpopKey.HashOf("a.b.d")}\"", ProofRefusals.WrongToken },
        { "nonce", "\"unasked\"", null },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void Every_claim_has_its_rule(string claim, string json, string? refusal) =>
        Assert.Equal(refusal, Refusal(_key.Proof("POST", Url, Now, Token, claims => claims[claim] = json.Length == 0 ? null : JsonElement.Parse(json))));

    public static TheoryData<string, string, string?> Headers => new()
    {
        { "typ", "\"JWT\"", ProofRefusals.WrongType },
        { "typ", "\"at+jwt\"", ProofRefusals.WrongType },
        { "typ", "", ProofRefusals.WrongType },
        { "alg", "\"none\"", ProofRefusals.WrongAlgorithm },
        { "alg", "\"HS256\"", ProofRefusals.WrongAlgorithm },
        { "alg", "\"RS256\"", ProofRefusals.WrongAlgorithm },
        { "alg", "", ProofRefusals.Malformed },
        { "jwk", "", ProofRefusals.Malformed },
        { "jwk", "{}", ProofRefusals.UnusableKey },
        { "jwk", "\"key\"", ProofRefusals.UnusableKey },
        { "jwk", """{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", ProofRefusals.UnusableKey },
        { "jwk", """{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""", ProofRefusals.UnusableKey },
        { "crit", "[\"htu\"]", ProofRefusals.Malformed },
        { "jku", "\"https://evil.example/jwks\"", ProofRefusals.Malformed },
        { "x5c", "[]", ProofRefusals.Malformed },
        { "kid", "\"anything\"", null },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Every_header_has_its_rule(string member, string json, string? refusal) =>
        Assert.Equal(refusal, Refusal(_key.Proof("POST", Url, Now, Token, header: header => header[member] = json.Length == 0 ? null : JsonElement.Parse(json))));

    [Theory]
    [InlineData("d")]
    [InlineData("k")]
    public void A_proof_that_gives_its_private_key_away_is_refused(string member) =>
        Assert.Equal(ProofRefusals.UnusableKey, Refusal(_key.Proof("POST", Url, Now, Token, header: header => ((Dictionary<string, object?>)header["jwk"]!)[member] = "AAAA")));

    [Fact]
    public void A_proof_signed_with_another_key_than_it_brings_is_refused()
    {
        using var other = new DpopKey();
        var jwk = new { kty = "EC", crv = "P-256", x = other.Public.X, y = other.Public.Y };
        Assert.Equal(ProofRefusals.WrongSignature, Refusal(_key.Proof("POST", Url, Now, Token, header: header => header["jwk"] = jwk)));
    }

    [Fact]
    public void No_proof_and_two_proofs_are_refused()
    {
        var good = _key.Proof("POST", Url, Now, Token);
        Assert.Equal(ProofRefusals.Missing, Refusal([]));
        Assert.Equal(ProofRefusals.Malformed, Refusal([good, good]));
        Assert.Equal(ProofRefusals.Malformed, Refusal([$"{good},{good}"]));
        Assert.Equal(ProofRefusals.Malformed, Refusal([null]));
    }

    [Fact]
    public void Where_no_token_is_used_none_is_proved() =>
        Assert.NotNull(DpopProofs.Check([_key.Proof("POST", Url, Now)], "POST", new(Url), null, Now, out _));

    [Fact]
    public void No_single_changed_character_goes_unnoticed()
    {
        var good = _key.Proof("POST", Url, Now, Token);
        Prop.ForAll(Gen.Choose(0, good.Length - 1).Zip(Gen.Elements([.. "ABab01-_.= "])).ToArbitrary(), change =>
        {
            var (at, letter) = change;
            return good[at] == letter || Refusal($"{good[..at]}{letter}{good[(at + 1)..]}") is not null;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_and_no_address_makes_the_check_throw() =>
        Prop.ForAll<string?, string?>((text, htu) =>
            Refusal([text]) is not null && Refusal(_key.Proof("POST", htu ?? "", Now, Token)) == ProofRefusals.WrongAddress).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_refusal_has_its_text() => Assert.Equal(
        typeof(ProofRefusals).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(),
        ProofRefusals.Texts.Keys.Order());

    [Theory]
    [InlineData(null, false, null)]
    [InlineData("""{"jkt":"thumb"}""", true, "thumb")]
    [InlineData("""{"x5t#S256":"thumb"}""", true, null)]
    [InlineData("""{"jkt":7}""", true, null)]
    [InlineData("thumb", true, null)]
    public void A_token_says_to_which_key_it_is_bound(string? confirmation, bool isBound, string? thumbprint)
    {
        var user = new ClaimsPrincipal(new ClaimsIdentity(confirmation is null ? [] : [new Claim("cnf", confirmation)]));
        Assert.Equal((isBound, thumbprint), DpopProofs.BindingOf(user));
    }

    private static string? Refusal(string proof) => Refusal([proof]);

    private static string? Refusal(IReadOnlyList<string?> header)
    {
        var proof = DpopProofs.Check(header, "POST", new(Url), Token, Now, out var refusal);
        Assert.Equal(proof is null, refusal is not null);
        return refusal;
    }
}
