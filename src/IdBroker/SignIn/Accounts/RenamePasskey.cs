using System.Security.Claims;
using Dapper;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A person gives a passkey a name by which they know it again. It changes nothing else, and is not recorded.</summary>
public static class RenamePasskey
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/account/passkeys/{id}/name", HandleAsync)
        .WithName(nameof(RenamePasskey))
        .RequireOwnPage()
        .RequireAuthorization(Policies.Owner);

    internal static async Task<IResult> HandleAsync(
        string id, HttpContext context, ClaimsPrincipal user, NpgsqlDataSource database, IOptions<IdBrokerOptions> options, CancellationToken ct)
    {
        var form = await TokenForm.ReadAsync(context.Request, ct);
        if (form?["name"]?.Trim() is not { Length: > 0 and <= AddPasskey.LongestName } name || name.Contains('\0', StringComparison.Ordinal))
        {
            return Problems.BadRequest("passkey.name", $"A name has 1 to {AddPasskey.LongestName} characters.");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var renamed = await connection.ExecuteAsync(new(
            "UPDATE passkey SET name = @name WHERE credential_id = @passkey AND account_id = @accountId",
            new { name, passkey = StrictBase64Url.Decode(id) ?? [], accountId = user.ActorId() },
            cancellationToken: ct));
        return renamed == 0 ? TypedResults.NotFound() : new SeeOther($"{options.Value.Issuer}/account");
    }
}
