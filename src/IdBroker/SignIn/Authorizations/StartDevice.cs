using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>
/// A command line or notebook asks to be approved by its person in a browser elsewhere (RFC 8628). It gets a long code for itself
/// and a short one to show.
/// </summary>
public static class StartDevice
{
    public const int UserCodeLength = 8;

    private const int IntervalSeconds = 5;

    // No vowels, so no words; nothing that looks like something else (RFC 8628 section 6.1). 20^8 codes for ten minutes.
    public const string UserCodeLetters = "BCDFGHJKLMNPQRSTVWXZ";

    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    public sealed record Response(
        [property: JsonPropertyName("device_code")] string DeviceCode,
        [property: JsonPropertyName("user_code")] string UserCode,
        [property: JsonPropertyName("verification_uri")] string VerificationUri,
        [property: JsonPropertyName("verification_uri_complete")] string VerificationUriComplete,
        [property: JsonPropertyName("expires_in")] int ExpiresIn,
        [property: JsonPropertyName("interval")] int Interval);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/device_authorization", HandleAsync)
        .WithName(nameof(StartDevice))
        .AllowAnonymous(); // the client says who it is inside

    internal static async Task<IResult> HandleAsync(
        HttpRequest request,
        ClientAuthentication authentication,
        NpgsqlDataSource database,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        ILogger<Response> logger,
        CancellationToken ct)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (await TokenForm.ReadAsync(request, ct) is not { } form)
        {
            return OAuthAnswers.Refuse(OAuthError.InvalidRequest("Send a form, and no parameter twice."), "no-form", logger);
        }

        var (client, unproven) = await authentication.AuthenticateAsync(form, ct);
        if (client is null)
        {
            return OAuthAnswers.Refuse(unproven!, "no-client", logger);
        }

        var scopes = AuthorizationRules.Words(form["scope"]);
        if (!client.Grants.Contains(Grants.WordFor(Grants.DeviceCode)!))
        {
            return OAuthAnswers.Refuse(new("unauthorized_client", "This client is not registered for the device flow."), client.Id, logger);
        }

        if (scopes.Length == 0 || !scopes.All(client.Scopes.Contains))
        {
            return OAuthAnswers.Refuse(
                new("invalid_scope", $"Ask for one or more of the scopes this client is registered for: {string.Join(' ', client.Scopes)}."), client.Id, logger);
        }

        var (deviceCode, userCode) = (OpaqueSecret.Create(), RandomNumberGenerator.GetString(UserCodeLetters, UserCodeLength));
        await using var connection = await database.OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new(
            """
            INSERT INTO device_authorization (device_code_hash, user_code, client_id, scopes, expires_at, interval_seconds)
            VALUES (@hash, @userCode, @Id, @scopes, @expires, @IntervalSeconds)
            """,
            new { hash = OpaqueSecret.HashOf(deviceCode), userCode, client.Id, scopes, expires = clock.GetUtcNow() + Life, IntervalSeconds },
            cancellationToken: ct));
        var (page, shown) = ($"{options.Value.Issuer}/device", $"{userCode[..4]}-{userCode[4..]}");
        return TypedResults.Json(
            new Response(deviceCode, shown, page, $"{page}?user_code={shown}", (int)Life.TotalSeconds, IntervalSeconds), ServiceDefaultsExtensions.Json);
    }
}
