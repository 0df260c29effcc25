using System.Security.Cryptography;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kakehashi.TestKit;

/// <summary>
/// An issuer outside the platform, on loopback: discovery, JWKS, and a token endpoint that believes every registered client and
/// hands out passports with the visas it was given.
/// It also mints tokens that are wrong in one chosen way.
/// </summary>
public sealed class TestIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, TestClient> _clients = [];
    private readonly DirectoryInfo _keyFiles = Directory.CreateTempSubdirectory("test-issuer-");
    private readonly List<PublicJwk> _published = [];
    private readonly Dictionary<string, List<string>> _visas = [];

    private TestIssuer(WebApplication app)
    {
        _app = app;
        Key = SigningKey.Create();
        _published.Add(Key.Public);
    }

    /// <summary>The issuer identifier, for <c>Tokens:Authority</c>.</summary>
    public string Authority => _app.Urls.Single();

    /// <summary>The key that signs at the moment.</summary>
    public SigningKey Key { get; private set; }

    /// <summary>How often the token endpoint was asked.</summary>
    public int TokenRequests { get; private set; }

    /// <summary>How often the key set was fetched.</summary>
    public int KeySetRequests { get; private set; }

    /// <summary>False: every endpoint answers 503.</summary>
    public bool IsUp { get; set; } = true;

    public TimeSpan ClientTokenLifetime { get; set; } = TimeSpan.FromMinutes(5);

    public static async Task<TestIssuer> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var issuer = new TestIssuer(app);
        app.Use((context, next) => issuer.IsUp ? next(context) : Task.FromResult(context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/.well-known/openid-configuration", () => new
        {
            issuer = issuer.Authority,
            jwks_uri = $"{issuer.Authority}/jwks",
            token_endpoint = $"{issuer.Authority}/token",
        });
        app.MapGet("/jwks", () =>
        {
            issuer.KeySetRequests++;
            return Results.Json(new { keys = issuer._published }, JsonSerializerOptions.Web);
        });
        app.MapPost("/token", issuer.IssueAsync);
        await app.StartAsync(ct);
        return issuer;
    }

    /// <summary>A good access token (typ at+jwt, five minutes). Extra claims may be anything JSON can say; they win over the usual ones.</summary>
    public string Token(
        string subject,
        string audience,
        IReadOnlyList<string> roles,
        string? org = null,
        IReadOnlyDictionary<string, object?>? claims = null,
        TimeSpan? lifetime = null) =>
        Mint(Claims(subject, audience, roles, org, claims, lifetime));

    /// <summary>A node token of a person: audience one node, with purpose and project.</summary>
    public string NodeToken(string subject, string biobank, UseAuthorization use, IReadOnlyList<string> roles, string? org = null) =>
        Token(subject, Audiences.Node(biobank), roles, org, new Dictionary<string, object?> { ["authorization_details"] = new[] { use } });

    /// <summary>The claims of a good token, to change before <see cref="Mint"/>.</summary>
    public Dictionary<string, object?> Claims(
        string subject,
        string audience,
        IReadOnlyList<string> roles,
        string? org = null,
        IReadOnlyDictionary<string, object?>? extra = null,
        TimeSpan? lifetime = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = Authority,
            ["aud"] = audience,
            ["sub"] = subject,
            ["client_id"] = "test-client",
            ["iat"] = now,
            ["exp"] = now + (long)(lifetime ?? TimeSpan.FromMinutes(5)).TotalSeconds,
            ["jti"] = Guid.CreateVersion7().ToString("N"),
            ["roles"] = roles,
            ["org"] = org,
        };
        foreach (var (name, value) in extra ?? new Dictionary<string, object?>())
        {
            claims[name] = value;
        }

        return claims;
    }

    /// <summary>Signs any claims (null members are left out) under any type and key: for tokens that are wrong on purpose.</summary>
    public string Mint(IReadOnlyDictionary<string, object?> claims, string type = "at+jwt", SigningKey? key = null) => (key ?? Key).Sign(type, json =>
    {
        foreach (var (name, value) in claims.Where(claim => claim.Value is not null))
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, ServiceDefaults.ServiceDefaultsExtensions.Json);
        }
    });

    /// <summary>A good visa that this issuer signs: an hour old, good for an hour.</summary>
    public string Visa(string subject, string type, string value, string source, string by, object? conditions = null)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var says = new Dictionary<string, object?> { ["type"] = type, ["asserted"] = now - 3600, ["value"] = value, ["source"] = source, ["by"] = by };
        if (conditions is not null)
        {
            says["conditions"] = conditions;
        }

        return Mint(
            new Dictionary<string, object?> { ["iss"] = Authority, ["sub"] = subject, ["iat"] = now, ["exp"] = now + 3600, ["ga4gh_visa_v1"] = says },
            VisaWords.VisaType);
    }

    /// <summary>A committee's grant, as a visa.</summary>
    public string Grant(string subject, string biobankUrl, string dataset) => Visa(
        subject, VisaWords.ControlledAccessGrants, VisaWords.Dataset(biobankUrl, dataset), VisaWords.Committee(biobankUrl), VisaWords.ByCommittee);

    /// <summary>A good passport, made for the platform.</summary>
    public string Passport(string subject, params IReadOnlyList<string> visas)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Mint(
            new Dictionary<string, object?>
            {
                ["iss"] = Authority,
                ["aud"] = Audiences.Platform,
                ["sub"] = subject,
                ["iat"] = now,
                ["exp"] = now + 300,
                [VisaWords.PassportClaim] = visas,
            },
            VisaWords.PassportType);
    }

    /// <summary>From now on the person's passport has these visas; nobody else has a passport at all.</summary>
    public void GivePassport(string subject, params IReadOnlyList<string> visas) => _visas[subject] = [.. visas];

    /// <summary>Signs with a new key from now on. The old key stays published unless it is forgotten.</summary>
    public void Rotate(bool forgetOldKey = false)
    {
        if (forgetOldKey)
        {
            _published.Clear();
        }

        Key = SigningKey.Create();
        _published.Add(Key.Public);
    }

    /// <summary>Publishes any further key, for instance one with a <c>kid</c> that is taken.</summary>
    public void Publish(PublicJwk key) => _published.Add(key);

    /// <summary>Registers a client and returns its private key file, for <c>Tokens:ClientKeyFile</c>.</summary>
    public string AddClient(string clientId, params IReadOnlyList<string> roles)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AddClient(clientId, SigningKey.Describe(key), roles);
        var path = Path.Combine(_keyFiles.FullName, $"{clientId}.pem");
        File.WriteAllText(path, key.ExportPkcs8PrivateKeyPem());
        return path;
    }

    public void AddClient(string clientId, PublicJwk key, IReadOnlyList<string> roles) => _clients[clientId] = new(
        VerificationKey.Read(JsonSerializer.SerializeToElement(key, JsonSerializerOptions.Web))!, roles);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _keyFiles.Delete(recursive: true);
        Key.Dispose();
    }

    private async Task<IResult> IssueAsync(HttpRequest request)
    {
        TokenRequests++;
        var form = await request.ReadFormAsync();
        var clientId = form["client_id"].ToString();
        if (!_clients.TryGetValue(clientId, out var client)
            || CompactJws.Read(form["client_assertion"].ToString(), out _) is not { } assertion
            || TokenVerifier.Verify(assertion, client.Key, Proof(clientId), TimeProvider.System.GetUtcNow()).Refusal is not null)
        {
            return Results.Json(new { error = "invalid_client", error_description = "Unknown client or bad assertion." }, statusCode: 401);
        }

        if (form["requested_token_type"] == VisaWords.PassportTokenType)
        {
            return IssuePassport(form["subject_token"].ToString());
        }

        var claims = form["subject_token"] is [{ } subjectToken]
            ? Exchanged(subjectToken, form["authorization_details"].ToString())
            : new() { ["sub"] = clientId, ["roles"] = client.Roles };
        claims["client_id"] = clientId;
        var token = Mint(Claims(clientId, form["audience"].ToString(), [], null, claims, ClientTokenLifetime));
        return Results.Json(new { access_token = token, token_type = "Bearer", expires_in = (int)ClientTokenLifetime.TotalSeconds });
    }

    private IResult IssuePassport(string subjectToken)
    {
        var subject = JsonElement.Parse(CompactJws.Read(subjectToken, out _)!.Payload).Text("sub")!;
        return _visas.TryGetValue(subject, out var visas)
            ? Results.Json(new
            {
                access_token = Passport(subject, visas),
                issued_token_type = VisaWords.PassportTokenType,
                token_type = "N_A",
                expires_in = 300,
            })
            : Results.Json(new { error = "access_denied", error_description = "The person has not agreed to release visas." }, statusCode: 400);
    }

    // A wide skew: tests move their own clocks.
    private TokenExpectations Proof(string clientId) =>
        new(clientId, Authority) { Type = ClientAssertion.Type, Claims = ["sub", "jti"], ClockSkew = TimeSpan.FromHours(1) };

    private static Dictionary<string, object?> Exchanged(string subjectToken, string details)
    {
        var subject = JsonElement.Parse(CompactJws.Read(subjectToken, out _)!.Payload);
        var claims = new[] { "sub", "roles", "org", "projects" }
            .Where(name => subject.TryGetProperty(name, out _))
            .ToDictionary(name => name, name => (object?)subject.GetProperty(name));
        claims["authorization_details"] = JsonElement.Parse(details);
        return claims;
    }

    private sealed record TestClient(VerificationKey Key, IReadOnlyList<string> Roles);
}
