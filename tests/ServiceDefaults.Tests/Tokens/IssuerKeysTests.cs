using System.Security.Cryptography;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

public sealed class IssuerKeysTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TestClock _clock = new();
    private readonly HttpClient _http = IssuerDocument.CreateHttpClient();
    private TestIssuer _issuer = null!;
    private IssuerKeys _keys = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_ct);
        _keys = KeysOf(_issuer.Authority);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Callers_at_once_share_one_fetch()
    {
        var found = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _keys.FindAsync(_issuer.Key.KeyId, _ct).AsTask()));

        Assert.All(found, lookup => Assert.NotNull(lookup.Key));
        Assert.Equal(1, _issuer.KeySetRequests);
    }

    [Fact]
    public async Task Keys_at_a_known_address_need_no_discovery()
    {
        var keys = new IssuerKeys(
            _http, "https://nobody.example", _clock, NullLogger<IssuerKeys>.Instance, new($"{_issuer.Authority}/jwks"));

        Assert.NotNull((await keys.FindAsync(_issuer.Key.KeyId, _ct)).Key);
    }

    [Fact]
    public async Task A_new_key_is_found_when_a_token_names_it()
    {
        await _keys.FindAsync(_issuer.Key.KeyId, _ct);
        _issuer.Rotate();
        _clock.Advance(IssuerKeys.BetweenFetches);

        Assert.NotNull((await _keys.FindAsync(_issuer.Key.KeyId, _ct)).Key);
    }

    [Fact]
    public async Task Invented_key_ids_do_not_drive_requests()
    {
        for (var n = 0; n < 50; n++)
        {
            Assert.Equal(TokenRefusals.UnknownKey, (await _keys.FindAsync($"invented-{n}", _ct)).Refusal);
        }

        Assert.Equal(1, _issuer.KeySetRequests);
    }

    [Fact]
    public async Task Keys_stay_good_while_the_issuer_is_away_but_not_for_ever()
    {
        var kid = _issuer.Key.KeyId;
        await _keys.FindAsync(kid, _ct);
        _issuer.IsUp = false;

        _clock.Advance(IssuerKeys.KeptFor - TimeSpan.FromMinutes(1));
        Assert.NotNull((await _keys.FindAsync(kid, _ct)).Key);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenRefusals.IssuerUnavailable, (await _keys.FindAsync(kid, _ct)).Refusal);
    }

    [Fact]
    public async Task A_key_the_issuer_no_longer_publishes_is_forgotten_within_minutes()
    {
        var kid = _issuer.Key.KeyId;
        await _keys.FindAsync(kid, _ct);
        _issuer.Rotate(forgetOldKey: true);
        _clock.Advance(IssuerKeys.FreshFor);

        await _keys.FindAsync(_issuer.Key.KeyId, _ct);

        Assert.Equal(TokenRefusals.UnknownKey, (await _keys.FindAsync(kid, _ct)).Refusal);
    }

    [Fact]
    public async Task A_kid_that_two_keys_share_is_not_used()
    {
        using var second = SigningKey.Create();
        _issuer.Publish(second.Public with { Kid = _issuer.Key.KeyId });

        Assert.Equal(TokenRefusals.UnknownKey, (await _keys.FindAsync(_issuer.Key.KeyId, _ct)).Refusal);
    }

    [Fact]
    public async Task A_document_that_names_another_issuer_is_not_believed()
    {
        var keys = KeysOf(_issuer.Authority.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

        Assert.Equal(TokenRefusals.IssuerUnavailable, (await keys.FindAsync(_issuer.Key.KeyId, _ct)).Refusal);
    }

    [Theory]
    [InlineData("use", "\"enc\"")]
    [InlineData("alg", "\"ES384\"")]
    [InlineData("alg", "\"RS256\"")]
    [InlineData("kty", "\"OKP\"")]
    [InlineData("crv", "\"P-384\"")]
    [InlineData("crv", "\"secp256k1\"")]
    [InlineData("x", "\"AAAA\"")]
    [InlineData("y", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")]
    [InlineData("key_ops", "[\"encrypt\"]")]
    [InlineData("key_ops", "\"verify\"")]
    [InlineData("kid", "7")]
    public void A_key_that_does_not_fit_is_not_used(string member, string json)
    {
        using var key = SigningKey.Create();
        var jwk = JsonSerializer.SerializeToNode(key.Public, JsonSerializerOptions.Web)!.AsObject();
        jwk[member] = System.Text.Json.Nodes.JsonNode.Parse(json);

        Assert.Null(VerificationKey.Read(JsonSerializer.SerializeToElement(jwk)));
    }

    [Theory]
    [InlineData(1024, false)]
    [InlineData(2048, true)]
    public void A_weak_RSA_key_is_not_used(int bits, bool used)
    {
        using var rsa = RSA.Create(bits);
        var numbers = rsa.ExportParameters(false);
        var jwk = JsonSerializer.SerializeToElement(
            new { kty = "RSA", kid = "1", n = StrictBase64Url.Encode(numbers.Modulus), e = StrictBase64Url.Encode(numbers.Exponent) });

        Assert.Equal(used, VerificationKey.Read(jwk) is not null);
    }

    private IssuerKeys KeysOf(string authority) => new(_http, authority, _clock, NullLogger<IssuerKeys>.Instance);
}
