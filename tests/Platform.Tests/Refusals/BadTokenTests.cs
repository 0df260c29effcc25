using System.Net;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Platform.Tests.Refusals;

[Collection<DemoPlatformTests>]
public sealed class BadTokenTests(DemoPlatform demo)
{
    private const string Path = "api/catalog/biobanks";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_token_nothing_is_said()
    {
        foreach (var path in new[] { Path, "api/catalog/variables", "api/consent/withdrawals", "api/metering/events" })
        {
            var reply = await demo.Platform.GetAsync(null, path, _ct);
            Assert.Equal((HttpStatusCode.Unauthorized, TokenRefusals.Missing), (reply.Status, reply.Code()));
        }
    }

    [Fact]
    public async Task A_token_of_another_issuer_is_refused()
    {
        await using var foreign = await TestIssuer.StartAsync(_ct);
        var claims = foreign.Claims("sato", Audiences.Platform, [Roles.Researcher]);

        Assert.Equal(TokenRefusals.UnknownKey, await RefusalOfAsync(foreign.Token("sato", Audiences.Platform, [Roles.Researcher])));
        claims["iss"] = $"{demo.Platform.Local.Front}id";
        Assert.Equal(TokenRefusals.UnknownKey, await RefusalOfAsync(foreign.Mint(claims)));
    }

    [Fact]
    public async Task Tokens_signed_by_the_right_key_are_refused_when_expired_misdirected_or_of_another_type()
    {
        // The mint of TestIssuer with the IdBroker's own key: each token is good but for one thing.
        await using var mint = await TestIssuer.StartAsync(_ct);
        var key = demo.Platform.Local.Hosts.ServicesOf("idbroker").GetRequiredService<KeyRing>().Active;

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(Token())).Status);
        Assert.Equal(TokenRefusals.Expired, await RefusalOfAsync(Token(claims =>
        {
            claims["iat"] = (long)claims["iat"]! - 600;
            claims["exp"] = (long)claims["exp"]! - 600;
        })));
        Assert.Equal(TokenRefusals.WrongAudience, await RefusalOfAsync(Token(claims => claims["aud"] = "node:bbj")));
        Assert.Equal(TokenRefusals.WrongIssuer, await RefusalOfAsync(Token(claims => claims["iss"] = mint.Authority)));
        Assert.Equal(TokenRefusals.ClaimMissing, await RefusalOfAsync(Token(claims => claims["sub"] = null)));
        Assert.Equal(TokenRefusals.WrongType, await RefusalOfAsync(Token(type: "JWT")));

        string Token(Action<Dictionary<string, object?>>? change = null, string type = "at+jwt")
        {
            var claims = mint.Claims("sato", Audiences.Platform, [Roles.Researcher]);
            claims["iss"] = $"{demo.Platform.Local.Front}id";
            change?.Invoke(claims);
            return mint.Mint(claims, type, key);
        }
    }

    [Fact]
    public async Task A_token_that_was_altered_is_refused()
    {
        var token = await demo.Platform.TokenAsync("sato", _ct);
        var swapped = (token.Split('.'), (await demo.Platform.TokenAsync("ito", _ct)).Split('.')) is var (own, other)
            ? $"{own[0]}.{other[1]}.{own[2]}"
            : "";

        Assert.Equal(TokenRefusals.WrongSignature, await RefusalOfAsync(swapped));
        Assert.Equal(TokenRefusals.Malformed, await RefusalOfAsync(token.Replace('.', '-')));
    }

    [Fact]
    public async Task A_node_may_not_ask_and_a_person_may_not_deliver_events()
    {
        var delivery = await demo.Platform.PostAsync("sato", "api/metering/batches", """{"node":"bbj","firstIndex":0,"entries":[]}""", _ct);

        Assert.Equal((HttpStatusCode.Forbidden, "access.forbidden"), (delivery.Status, delivery.Code()));
    }

    private async Task<string> RefusalOfAsync(string token)
    {
        var reply = await AskAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.Status);
        Assert.False(string.IsNullOrWhiteSpace(reply.Member("detail")));
        return reply.Code();
    }

    private Task<Reply> AskAsync(string token) => demo.Platform.SendAsync(HttpMethod.Get, Path, token, null, _ct);
}
