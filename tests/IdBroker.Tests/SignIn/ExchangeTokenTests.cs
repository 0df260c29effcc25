using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.Tests.SignIn;

public sealed class ExchangeTokenTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    private static readonly UseAuthorization Use = new(UseAuthorization.TypeName, new(ResearchUse.DS, ["ICD10:E11"], Country: "JP"), "diabetes");

    [Fact]
    public async Task A_persons_token_becomes_one_for_one_node_use_and_project()
    {
        var (status, body) = await ExchangeAsync(await broker.AccountTokenAsync("ito"));

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal((AccessTokenType, "Bearer", 60),
            (body.Text("issued_token_type"), body.Text("token_type"), body.GetProperty("expires_in").GetInt32()));
        var (claims, refusal) = await broker.VerifyAsync(body.Text("access_token")!, "node:bbj");
        Assert.Null(refusal);
        Assert.Equal(("ito", "catalog", "理研"), (claims.Text("sub"), claims.Text("client_id"), claims.Text("org")));
        Assert.Equal("catalog", claims.GetProperty("act").Text("sub"));
        Assert.Equal("""["researcher"]""", claims.GetProperty("roles").GetRawText());
        Assert.Equal("""["diabetes"]""", claims.GetProperty("projects").GetRawText());
        var use = TokenPrincipal.From(claims).Use()!;
        Assert.Equal((ResearchUse.DS, "ICD10:E11", "diabetes"), (use.Purpose.Use, use.Purpose.Diseases.Single(), use.Project));
        Assert.Equal("ito", TokenPrincipal.From(claims).FindFirstValue(TokenClaims.Subject));
    }

    [Fact]
    public async Task Without_a_project_the_node_learns_of_none()
    {
        var (_, body) = await ExchangeAsync(await broker.AccountTokenAsync("ito"), use: Use with { Project = null });

        Assert.False((await broker.VerifyAsync(body.Text("access_token")!, "node:bbj")).Claims.TryGetProperty("projects", out _));
    }

    [Fact]
    public async Task The_new_token_is_good_at_that_node_only()
    {
        var token = (await ExchangeAsync(await broker.AccountTokenAsync("ito"))).Body.Text("access_token")!;

        Assert.Equal(TokenRefusals.WrongAudience, (await broker.VerifyAsync(token, "node:tommo")).Refusal);
        Assert.Equal(TokenRefusals.WrongAudience, (await broker.VerifyAsync(token, Audiences.Platform)).Refusal);
        Assert.Equal("invalid_request", (await ExchangeAsync(token, "node:tommo")).Body.Text("error"));
    }

    [Fact]
    public async Task The_new_token_ends_with_the_old_one()
    {
        var token = await broker.AccountTokenAsync("ito");
        broker.Clock.Advance(TimeSpan.FromSeconds(270));

        var (_, body) = await ExchangeAsync(token);

        Assert.InRange(body.GetProperty("expires_in").GetInt32(), 25, 30);
    }

    [Fact]
    public async Task An_expired_token_is_not_exchanged_even_within_the_clock_skew()
    {
        var token = await broker.AccountTokenAsync("ito");
        broker.Clock.Advance(TimeSpan.FromSeconds(301));

        AssertRefused(await ExchangeAsync(token), "invalid_request", "token.expired");
    }

    [Fact]
    public async Task An_altered_or_foreign_token_is_not_exchanged()
    {
        var token = await broker.AccountTokenAsync("ito");
        using var foreign = SigningKey.Create();
        var now = broker.Clock.GetUtcNow().ToUnixTimeSeconds();
        var forged = foreign.Sign("at+jwt", json =>
        {
            json.WriteString("iss", broker.Issuer);
            json.WriteString("aud", Audiences.Platform);
            json.WriteString("sub", "ito");
            json.WriteString("client_id", "cli");
            json.WriteString("jti", "1");
            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + 300);
        });

        AssertRefused(await ExchangeAsync(token[..^10] + (token[^10] == 'A' ? 'B' : 'A') + token[^9..]), "invalid_request", "token.wrong-signature");
        AssertRefused(await ExchangeAsync(forged), "invalid_request", "token.unknown-key");
        AssertRefused(await ExchangeAsync(broker.Assertion("catalog")), "invalid_request", "token.wrong-type");
    }

    [Fact]
    public async Task A_clients_own_token_is_no_persons_token()
    {
        var (_, own) = await broker.AskAsync("node:bbj", ("grant_type", "client_credentials"), ("audience", Audiences.Platform));

        AssertRefused(await ExchangeAsync(own.Text("access_token")!), "invalid_request", "a person's own token");
    }

    [Theory]
    [InlineData("node:unknown")]
    [InlineData("catalog")]
    [InlineData("kakehashi")]
    [InlineData("node:*")]
    public async Task The_audience_must_be_a_registered_node(string audience) =>
        AssertRefused(await ExchangeAsync(await broker.AccountTokenAsync("ito"), audience), "invalid_target", "registered node");

    [Fact]
    public async Task Nobody_gets_a_token_for_a_project_they_are_not_in()
    {
        AssertRefused(await ExchangeAsync(await broker.AccountTokenAsync("ito"), use: Use with { Project = "cancer" }), "access_denied", "project");
        AssertRefused(await ExchangeAsync(await broker.AccountTokenAsync("mori")), "access_denied", "project");
    }

    [Fact]
    public async Task Only_clients_registered_for_it_exchange_tokens() =>
        AssertRefused(await ExchangeAsync(await broker.AccountTokenAsync("ito"), client: "consent"), "unauthorized_client", "grant type");

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("[{\"type\":\"other\",\"purpose\":{\"use\":\"HMB\"}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\"}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"HMB\"},\"more\":1}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"HMB\"}},{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"HMB\"}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"NRES\"}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":17}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"DS\"}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"HMB\",\"diseases\":[\"ICD10:E11\"]}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"DS\",\"diseases\":[\"E11\"]}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"DS\",\"diseases\":[null]}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"HMB\",\"country\":\"Japan\"}}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"HMB\"},\"project\":\"a b\"}]")]
    [InlineData("[{\"type\":\"kakehashi_use\",\"type\":\"kakehashi_use\",\"purpose\":{\"use\":\"HMB\"}}]")]
    public async Task What_is_asked_for_must_be_said_clearly(string details) =>
        AssertRefused(await ExchangeAsync(await broker.AccountTokenAsync("ito"), details: details), "invalid_authorization_details", "");

    [Theory]
    [InlineData("subject_token_type", "urn:ietf:params:oauth:token-type:id_token", "invalid_request")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token", "invalid_request")]
    [InlineData("actor_token", "x", "invalid_request")]
    [InlineData("resource", "https://node.example", "invalid_target")]
    [InlineData("scope", "all", "invalid_scope")]
    [InlineData("audience", "", "invalid_request")]
    [InlineData("subject_token", "", "invalid_request")]
    public async Task A_request_that_is_wrong_in_one_parameter_gets_its_error(string name, string value, string error)
    {
        var form = Form(await broker.AccountTokenAsync("ito"), "node:bbj", Details(Use));
        form[name] = value;

        AssertRefused(await broker.AskAsync("catalog", [.. form.Select(field => (field.Key, field.Value))]), error, "");
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> ExchangeAsync(
        string subjectToken, string audience = "node:bbj", UseAuthorization? use = null, string client = "catalog", string? details = null) =>
        broker.AskAsync(client, [.. Form(subjectToken, audience, details ?? Details(use ?? Use)).Select(field => (field.Key, field.Value))]);

    private static string Details(UseAuthorization use) => JsonSerializer.Serialize<UseAuthorization[]>([use], ServiceDefaultsExtensions.Json);

    private static Dictionary<string, string> Form(string subjectToken, string audience, string details) => new()
    {
        ["grant_type"] = "urn:ietf:params:oauth:grant-type:token-exchange",
        ["subject_token"] = subjectToken,
        ["subject_token_type"] = AccessTokenType,
        ["audience"] = audience,
        ["authorization_details"] = details,
    };

    private static void AssertRefused((HttpStatusCode Status, JsonElement Body) answer, string error, string description)
    {
        Assert.Equal((HttpStatusCode.BadRequest, error), (answer.Status, answer.Body.Text("error")));
        Assert.Contains(description, answer.Body.Text("error_description"), StringComparison.Ordinal);
    }
}
