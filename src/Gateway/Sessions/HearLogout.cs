using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Gateway.Sessions;

/// <summary>
/// The issuer tells that a person signed out, or was signed out, elsewhere (OpenID Connect Back-Channel Logout 1.0): their
/// sessions here end at once, at every instance.
/// </summary>
public static class HearLogout
{
    public const string Path = "/session/back-channel";

    public sealed record Refused([property: JsonPropertyName("error_description")] string Description)
    {
        [JsonPropertyName("error")]
        public string Error => "invalid_request";
    }

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost(Path, HandleAsync)
        .WithName(nameof(HearLogout))
        .WithMetadata(Door.Front)
        .DisableRateLimiting() // many people may be signed out at once, and none of it may be lost
        .AllowAnonymous(); // the token proves the issuer

    internal static async Task<IResult> HandleAsync(
        HttpRequest request, FindKey keys, NpgsqlDataSource database, IOptions<TokenOptions> options, TimeProvider clock,
        ILogger<Logout> logger, CancellationToken ct)
    {
        var expected = LogoutTokens.Expected(options.Value.Authority, options.Value.ClientId!);
        var (claims, refusal) = await new TokenVerifier(keys, expected, clock).VerifyAsync(await ReadAsync(request, ct) ?? "", ct);
        if (refusal is not null || LogoutTokens.Read(claims, expected.ClockSkew) is not { } logout)
        {
            return Refuse(logger, refusal ?? "logout.malformed");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await connection.ExecuteAsync(new(
            "INSERT INTO used_logout_token (jti, expires_at) VALUES (@Id, @ExpiresAt) ON CONFLICT DO NOTHING",
            logout,
            transaction,
            cancellationToken: ct)) == 0)
        {
            return Refuse(logger, "logout.replayed");
        }

        // With a sid the token ends that sign-in only, and its sub must fit (section 2.6, step 6).
        var ended = await connection.ExecuteAsync(new(
            """
            DELETE FROM browser_session
            WHERE (@BrokerSession::text IS NULL OR broker_session = @BrokerSession) AND (@Account::text IS NULL OR account = @Account)
            """,
            logout,
            transaction,
            cancellationToken: ct));
        await transaction.CommitAsync(ct);
        Log.SessionsEnded(logger, ended, "back-channel");
        return TypedResults.Ok();
    }

    private static JsonHttpResult<Refused> Refuse(ILogger logger, string reason)
    {
        Log.LogoutRefused(logger, reason);
        return TypedResults.Json(new Refused(reason), statusCode: StatusCodes.Status400BadRequest);
    }

    private static async Task<string?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (!request.HasFormContentType)
        {
            return null;
        }

        try
        {
            return (await request.ReadFormAsync(ct))["logout_token"] is [{ } only] ? only : null;
        }
        catch (InvalidDataException)
        {
            return null; // too many parameters, or a broken encoding
        }
    }
}
