using Dapper;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Clients;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>
/// A client gives a refresh token back (RFC 7009): its whole family ends. A token that is not this client's, or not known, is
/// answered alike, so that tokens cannot be probed.
/// </summary>
public static class RevokeToken
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/revoke", HandleAsync)
        .WithName(nameof(RevokeToken))
        .AllowAnonymous(); // the client proves itself inside

    internal static async Task<IResult> HandleAsync(
        HttpRequest request, ClientAuthentication authentication, NpgsqlDataSource database, TimeProvider clock, ILogger<OAuthError> logger, CancellationToken ct)
    {
        request.HttpContext.Response.Headers.CacheControl = "no-store";
        if (await TokenForm.ReadAsync(request, ct) is not { } form || form["token"] is not { } token)
        {
            return OAuthAnswers.Refuse(OAuthError.InvalidRequest("Send a form with token, and no parameter twice."), "no-form", logger);
        }

        var (client, unproven) = await authentication.AuthenticateAsync(form, ct);
        if (client is null)
        {
            return OAuthAnswers.Refuse(unproven!, "no-client", logger);
        }

        if (token.Contains('.', StringComparison.Ordinal))
        {
            return OAuthAnswers.Refuse(
                new("unsupported_token_type", "An access token ends by itself after five minutes. Revoke the refresh token, or end the session."), client.Id, logger);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var familyId = await connection.ExecuteScalarAsync<Guid?>(new(
            "SELECT family_id FROM refresh_token WHERE token_hash = @hash", new { hash = OpaqueSecret.HashOf(token) }, transaction, cancellationToken: ct));
        if (familyId is { } id && await TokenFamilies.LockAsync(transaction, id, ct) is { } family && family.ClientId == client.Id)
        {
            await TokenFamilies.EndAsync(transaction, family, client.Id, "client-revoked", clock.GetUtcNow(), ct);
        }

        await transaction.CommitAsync(ct);
        return TypedResults.Ok();
    }
}
