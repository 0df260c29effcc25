using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

public sealed class TokenClientTests : IAsyncLifetime
{
    private static readonly UseAuthorization Use = new(UseAuthorization.TypeName, new(ResearchUse.HMB, []), "diabetes");

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private readonly TestClock _clock = new();
    private TestIssuer _issuer = null!;
    private TokenClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TestIssuer.StartAsync(_ct);
        var key = SigningKey.FromPemFile(_issuer.AddClient("catalog", Roles.Catalog));
        _client = new(IssuerDocument.CreateHttpClient(), _issuer.Authority, "catalog", key, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task Callers_at_once_share_one_request()
    {
        var tokens = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _client.GetAsync(Audiences.Platform, _ct)));

        Assert.Single(tokens.Distinct());
        Assert.Equal(1, _issuer.TokenRequests);
    }

    [Fact]
    public async Task A_token_is_renewed_shortly_before_it_expires()
    {
        var first = await _client.GetAsync(Audiences.Platform, _ct);
        _clock.Advance(TimeSpan.FromSeconds(250));
        Assert.Equal(first, await _client.GetAsync(Audiences.Platform, _ct));

        _clock.Advance(TimeSpan.FromSeconds(25));

        Assert.NotEqual(first, await _client.GetAsync(Audiences.Platform, _ct));
    }

    [Fact]
    public async Task An_exchange_is_kept_for_the_same_person_node_and_use_only()
    {
        var (ito, sato) = (Person("ito"), Person("sato"));

        var first = await _client.ExchangeAsync(ito, "node:bbj", Use, _ct);

        Assert.Equal(first, await _client.ExchangeAsync(ito, "node:bbj", Use, _ct));
        Assert.NotEqual(first, await _client.ExchangeAsync(sato, "node:bbj", Use, _ct));
        Assert.NotEqual(first, await _client.ExchangeAsync(ito, "node:tommo", Use, _ct));
        Assert.NotEqual(first, await _client.ExchangeAsync(ito, "node:bbj", Use with { Project = "other" }, _ct));
    }

    [Fact]
    public async Task A_passport_is_asked_for_anew_each_time_and_a_refusal_says_why()
    {
        _issuer.GivePassport("ito", "a.b.c");

        var passports = new[] { await _client.GetPassportAsync(Person("ito"), _ct), await _client.GetPassportAsync(Person("ito"), _ct) };

        Assert.Equal(2, _issuer.TokenRequests);
        Assert.All(passports, passport => Assert.Equal(VisaWords.PassportType, CompactJws.Read(passport, out _)!.Type));
        Assert.Equal("access_denied", (await Assert.ThrowsAsync<TokenRequestException>(() => _client.GetPassportAsync(Person("sato"), _ct))).Error);
    }

    [Fact]
    public async Task A_refusal_carries_the_oauth_error_and_is_not_kept()
    {
        using var stranger = new TokenClient(IssuerDocument.CreateHttpClient(), _issuer.Authority, "stranger", SigningKey.Create(), _clock);

        var refused = await Assert.ThrowsAsync<TokenRequestException>(() => stranger.GetAsync(Audiences.Platform, _ct));
        await Assert.ThrowsAsync<TokenRequestException>(() => stranger.GetAsync(Audiences.Platform, _ct));

        Assert.Equal("invalid_client", refused.Error);
        Assert.Equal(2, _issuer.TokenRequests);
    }

    [Fact]
    public async Task An_issuer_that_is_away_is_temporarily_unavailable_and_asked_again()
    {
        _issuer.IsUp = false;
        var refused = await Assert.ThrowsAsync<TokenRequestException>(() => _client.GetAsync(Audiences.Platform, _ct));
        _issuer.IsUp = true;

        Assert.Equal(TokenRequestException.Unreachable, refused.Error);
        Assert.NotEmpty(await _client.GetAsync(Audiences.Platform, _ct));
    }

    private string Person(string subject) => _issuer.Token(subject, Audiences.Platform, [Roles.Researcher]);
}
