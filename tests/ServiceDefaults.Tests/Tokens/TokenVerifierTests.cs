using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

public sealed class TokenVerifierTests
{
    private const string Issuer = "https://id.example";
    private const long Now = 1_800_000_000;

    private static readonly SigningKey Key = SigningKey.Create();
    private static readonly TokenExpectations Expected = new(Issuer, "kakehashi");

    [Fact]
    public void A_good_token_is_accepted() => Assert.Null(Refusal(Token()));

    public static TheoryData<string, string, string?> Claims => new()
    {
        { "iss", "\"https://id.example/\"", TokenRefusals.WrongIssuer },
        { "iss", "\"HTTPS://id.example\"", TokenRefusals.WrongIssuer },
        { "iss", "[\"https://id.example\"]", TokenRefusals.WrongIssuer },
        { "iss", "", TokenRefusals.WrongIssuer },
        { "aud", "\"node:bbj\"", TokenRefusals.WrongAudience },
        { "aud", "[\"kakehashi\", \"node:bbj\"]", TokenRefusals.WrongAudience },
        { "aud", "[]", TokenRefusals.WrongAudience },
        { "aud", "", TokenRefusals.WrongAudience },
        { "aud", "{}", TokenRefusals.WrongAudience },
        { "aud", "[\"kakehashi\"]", null },
        { "sub", "", TokenRefusals.ClaimMissing },
        { "sub", "\"\"", TokenRefusals.ClaimMissing },
        { "sub", "7", TokenRefusals.ClaimMissing },
        { "client_id", "", TokenRefusals.ClaimMissing },
        { "jti", "", TokenRefusals.ClaimMissing },
        { "exp", "", TokenRefusals.ClaimMissing },
        { "iat", "", TokenRefusals.ClaimMissing },
        { "exp", "1800000300.0", TokenRefusals.WrongDate },
        { "exp", "18000003e2", TokenRefusals.WrongDate },
        { "exp", "\"1800000300\"", TokenRefusals.WrongDate },
        { "exp", "99999999999999999999", TokenRefusals.WrongDate },
        { "exp", "253402300800", TokenRefusals.WrongDate },
        { "exp", "-1", TokenRefusals.WrongDate },
        { "nbf", "1800000000.5", TokenRefusals.WrongDate },
        { "nbf", "1800000300", TokenRefusals.WrongDate },
        { "exp", "1800000000", TokenRefusals.WrongDate },
        { "nbf", "1800000005", null },
        { "nbf", "1800000006", TokenRefusals.NotYetValid },
        { "iat", "1800000005", null },
        { "iat", "1800000006", TokenRefusals.NotYetValid },
        { "exp", "1800086401", TokenRefusals.TooLong },
    };

    [Theory]
    [InlineData("""{"alg":"ES256","jku":"https://a.example/jwks"}""", true, "https://a.example/jwks")]
    [InlineData("""{"alg":"ES256","jku":"https://a.example/jwks"}""", false, null)]
    [InlineData("""{"alg":"ES256","jku":5}""", true, null)]
    [InlineData("""{"alg":"ES256","jku":"https://a.example/jwks","x5u":"https://a.example"}""", true, null)]
    public void A_key_set_address_is_read_only_where_a_standard_demands_one(string header, bool allowed, string? url) => Assert.Equal(
        url,
        CompactJws.Read($"{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(header))}.e30.AAAA", out _, allowKeySetUrl: allowed)?.KeySetUrl);

    [Theory]
    [MemberData(nameof(Claims))]
    public void Every_claim_has_its_rule(string claim, string json, string? refusal) => Assert.Equal(refusal, Refusal(Token(claim, json)));

    [Theory]
    [InlineData(304, null)]
    [InlineData(305, TokenRefusals.Expired)]
    public void A_token_ends_with_exp_and_the_clock_skew(int secondsLater, string? refusal) =>
        Assert.Equal(refusal, Refusal(Token(), now: Now + secondsLater));

    [Theory]
    [InlineData("""{"alg":"none","typ":"at+jwt","kid":"$"}""", TokenRefusals.WrongAlgorithm)]
    [InlineData("""{"alg":"HS256","typ":"at+jwt","kid":"$"}""", TokenRefusals.WrongAlgorithm)]
    [InlineData("""{"alg":"RS256","typ":"at+jwt","kid":"$"}""", TokenRefusals.WrongAlgorithm)]
    [InlineData("""{"alg":"es256","typ":"at+jwt","kid":"$"}""", TokenRefusals.WrongAlgorithm)]
    [InlineData("""{"alg":"ES256","typ":"JWT","kid":"$"}""", TokenRefusals.WrongType)]
    [InlineData("""{"alg":"ES256","typ":"AT+JWT","kid":"$"}""", TokenRefusals.WrongType)]
    [InlineData("""{"alg":"ES256","kid":"$"}""", TokenRefusals.WrongType)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""", TokenRefusals.UnknownKey)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":""}""", TokenRefusals.UnknownKey)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"other"}""", TokenRefusals.UnknownKey)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"$","crit":["exp"]}""", TokenRefusals.ForbiddenHeader)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"$","jku":"https://evil.example/jwks"}""", TokenRefusals.ForbiddenHeader)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"$","jwk":{}}""", TokenRefusals.ForbiddenHeader)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"$","x5u":"https://evil.example"}""", TokenRefusals.ForbiddenHeader)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"$","x5c":[]}""", TokenRefusals.ForbiddenHeader)]
    [InlineData("""{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"$"}""", TokenRefusals.Malformed)]
    [InlineData("""{"alg":"ES256","\u0061lg":"none","typ":"at+jwt","kid":"$"}""", TokenRefusals.Malformed)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"\ud800"}""", TokenRefusals.Malformed)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":7}""", TokenRefusals.Malformed)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt","kid":"$",}""", TokenRefusals.Malformed)]
    [InlineData("""["alg"]""", TokenRefusals.Malformed)]
    [InlineData("""{"typ":"at+jwt","kid":"$"}""", TokenRefusals.Malformed)]
    public void Every_header_member_has_its_rule(string header, string refusal) =>
        Assert.Equal(refusal, Refusal(Signed(header.Replace("$", Key.KeyId, StringComparison.Ordinal), Payload())));

    [Fact]
    public void A_public_key_is_no_hmac_secret()
    {
        var input = Unsigned($$"""{"alg":"HS256","typ":"at+jwt","kid":"{{Key.KeyId}}"}""", Payload());
        var mac = HMACSHA256.HashData(Encoding.ASCII.GetBytes(Key.Public.X), Encoding.ASCII.GetBytes(input));
        var token = $"{input}.{StrictBase64Url.Encode(mac)}";

        Assert.Equal(TokenRefusals.WrongAlgorithm, Refusal(token));
        Assert.Equal(TokenRefusals.UnsuitableKey, Refusal(token, Expected with { Algorithms = ["HS256", "ES256"] }));
    }

    [Fact]
    public void Another_issuers_key_under_a_known_kid_does_not_fit()
    {
        using var other = SigningKey.Create();

        var token = Signed($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Key.KeyId}}"}""", Payload(), other);

        Assert.Equal(TokenRefusals.WrongSignature, Refusal(token));
    }

    [Fact]
    public void A_DER_signature_is_not_a_JWS_signature()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = new SigningKey(ec);
        var input = Unsigned($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{key.KeyId}}"}""", Payload());
        var der = ec.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

        Assert.Equal(TokenRefusals.WrongSignature, Refusal($"{input}.{StrictBase64Url.Encode(der)}", key: key));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.")]
    [InlineData("e30..e30")]
    [InlineData(".e30.e30")]
    [InlineData("e30.e30.e30.e30.e30")]
    [InlineData("e30=.e30.e30")]
    [InlineData("e31.e30.e30")]
    public void What_is_no_compact_JWS_is_malformed(string text) => Assert.Equal(TokenRefusals.Malformed, Refusal(text));

    [Fact]
    public void A_token_beyond_the_limit_is_not_read() =>
        Assert.Equal(TokenRefusals.TooLarge, Refusal(Token("x", JsonSerializer.Serialize(new string('x', CompactJws.LargestLength)))));

    [Fact]
    public void A_signed_payload_with_a_member_twice_is_malformed() =>
        Assert.Equal(TokenRefusals.Malformed, Refusal(Signed(Header(), Payload().Replace("{", "{\"sub\":\"admin\",", StringComparison.Ordinal))));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{} {}")]
    [InlineData("{\"iss\":\"\\ud800\"}")]
    public void A_signed_payload_that_is_no_strict_object_is_malformed(string payload) =>
        Assert.Equal(TokenRefusals.Malformed, Refusal(Signed(Header(), payload)));

    [Fact]
    public void Every_change_of_one_character_is_refused()
    {
        var token = Token();
        var letters = Gen.Elements("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/? \n\0é".ToCharArray());
        var changes = Gen.Choose(0, token.Length - 1).SelectMany(at => letters.Select(letter => (at, letter))).Where(c => token[c.at] != c.letter);

        Prop.ForAll(changes.ToArbitrary(), change => Refusal(With(token, change.at, change.letter)) is not null).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_last_character_of_a_segment_has_one_spelling()
    {
        var token = Token();
        var ends = new[] { token.IndexOf('.', StringComparison.Ordinal) - 1, token.LastIndexOf('.') - 1, token.Length - 1 };

        Assert.All(
            from at in ends from letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" where letter != token[at] select (at, letter),
            change => Assert.NotNull(Refusal(With(token, change.at, change.letter))));
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        var token = Token();
        var flips = Gen.Choose(0, (token.Length * 7) - 1);

        Prop.ForAll(flips.ToArbitrary(), bit => Refusal(With(token, bit / 7, (char)(token[bit / 7] ^ (1 << (bit % 7))))) is not null)
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_text_makes_the_verifier_throw() =>
        Prop.ForAll<string>(text => Refusal(text ?? "") is not null).QuickCheckThrowOnFailure();

    [Fact]
    public async Task One_key_serves_all_threads()
    {
        var tokens = Enumerable.Range(0, 200).Select(n => Token("n", $"{n}")).ToList();

        await Parallel.ForEachAsync(tokens, TestContext.Current.CancellationToken, (token, _) =>
        {
            Assert.Null(Refusal(token));
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void Every_refusal_has_its_text() => Assert.Equal(
        typeof(TokenRefusals).GetFields().Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!).Order(),
        TokenRefusals.Texts.Keys.Order());

    private static string? Refusal(string token, TokenExpectations? expected = null, long now = Now, SigningKey? key = null)
    {
        var set = IssuerKeys.ReadSet(JsonSerializer.SerializeToElement(new { keys = new[] { (key ?? Key).Public } }, JsonSerializerOptions.Web));
        var verifier = new TokenVerifier(
            (kid, _) => ValueTask.FromResult(new KeyLookup(set.GetValueOrDefault(kid), null)),
            expected ?? Expected,
            new FixedClock(now));
        return verifier.VerifyAsync(token, CancellationToken.None).AsTask().GetAwaiter().GetResult().Refusal;
    }

    /// <summary>A good token, with one claim replaced by raw JSON, or removed by an empty text.</summary>
    private static string Token(string? claim = null, string json = "") => Signed(Header(), Payload(claim, json));

    private static string Header() => $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Key.KeyId}}"}""";

    private static string Payload(string? claim = null, string json = "")
    {
        var claims = new Dictionary<string, string>
        {
            ["iss"] = $"\"{Issuer}\"",
            ["aud"] = "\"kakehashi\"",
            ["sub"] = "\"p7\"",
            ["client_id"] = "\"portal\"",
            ["jti"] = "\"1\"",
            ["iat"] = $"{Now}",
            ["exp"] = $"{Now + 300}",
        };
        if (claim is not null)
        {
            claims[claim] = json;
        }

        return $"{{{string.Join(',', claims.Where(c => c.Value.Length > 0).Select(c => $"\"{c.Key}\":{c.Value}"))}}}";
    }

    private static string Unsigned(string header, string payload) =>
        $"{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(header))}.{StrictBase64Url.Encode(Encoding.UTF8.GetBytes(payload))}";

    private static string Signed(string header, string payload, SigningKey? key = null)
    {
        using var ec = ECDsa.Create();
        ec.ImportPkcs8PrivateKey((key ?? Key).ExportPrivate(), out _);
        var input = Unsigned(header, payload);
        var signature = ec.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{input}.{StrictBase64Url.Encode(signature)}";
    }

    private static string With(string text, int at, char letter) => $"{text[..at]}{letter}{text[(at + 1)..]}";

    private sealed class FixedClock(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
