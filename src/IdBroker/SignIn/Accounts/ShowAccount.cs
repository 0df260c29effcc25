using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A person sees all that is kept about their account: as a page in a browser, as JSON with a token.</summary>
public static class ShowAccount
{
    private const int ShownOnPage = 20;

    public sealed record Agreement(Guid AgreementId, string ClientId, string Client, string Scope, DateTimeOffset AgreedAt);

    /// <param name="Roles">All roles of the account.</param>
    /// <param name="RolesNow">Those that hold in this sign-in: some need two factors.</param>
    /// <param name="Institutions">Through which the person signs in.</param>
    public sealed record Response(
        string AccountId,
        string Name,
        string Org,
        IReadOnlyList<string> Roles,
        IReadOnlyList<string> RolesNow,
        IReadOnlyList<string> Biobanks,
        IReadOnlyList<string> Projects,
        string? Orcid,
        IReadOnlyList<string> Institutions,
        DateTimeOffset? PasswordChangedAt,
        DateTimeOffset? AuthenticatorSince,
        IReadOnlyList<Passkey> Passkeys,
        IReadOnlyList<Agreement> Agreements);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/account", HandleAsync)
        .WithName(nameof(ShowAccount))
        .RequireAuthorization(Policies.Owner);

    internal static async Task<IResult> HandleAsync(
        HttpContext context, ClaimsPrincipal user, NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        if (await Account.FindAsync(connection, user.ActorId(), ct) is not { } account)
        {
            return TypedResults.NotFound(); // a client's own token, or disabled a moment ago
        }

        var acr = user.FindFirstValue(TokenClaims.Acr)!;
        var view = await ReadAsync(connection, account, acr, ct);
        if (!OwnPages.IsBrowser(context.Request))
        {
            return TypedResults.Ok(view);
        }

        var now = clock.GetUtcNow();
        return Page.Render<AccountPage>(context, options.Value.Issuer, new()
        {
            [nameof(AccountPage.View)] = view,
            [nameof(AccountPage.Sessions)] = await ListSessions.ReadAsync(connection, user, now, ct),
            [nameof(AccountPage.Lines)] = await ListSignIns.ReadAsync(connection, account.AccountId, long.MaxValue, ShownOnPage, ct),
            [nameof(AccountPage.HasOwnPassword)] = !account.IsOfInstitution,
            [nameof(AccountPage.MayRemove)] = SignInRules.WhyNotRemove(account, view.Passkeys.Count + (view.AuthenticatorSince is null ? 0 : 1)) is null,
        });
    }

    private static async Task<Response> ReadAsync(NpgsqlConnection connection, Account account, string acr, CancellationToken ct)
    {
        var factors = await SecondFactors.FindAsync(connection, account.AccountId, ct);
        var changed = await connection.ExecuteScalarAsync<DateTime?>(new(
            "SELECT changed_at FROM local_password WHERE account_id = @AccountId", account, cancellationToken: ct));
        var institutions = await connection.QueryAsync<string>(new(
            """
            SELECT DISTINCT institution FROM identity_link WHERE account_id = @AccountId AND ended_at IS NULL ORDER BY institution
            """,
            account,
            cancellationToken: ct));
        var agreements = await connection.QueryAsync<(Guid Id, string ClientId, string Client, string Scope, DateTime AgreedAt)>(new(
            """
            SELECT release_agreement_id, client_id, coalesce(nullif(client.display_name, ''), client_id), scope, agreed_at
            FROM release_agreement JOIN client USING (client_id)
            WHERE account_id = @AccountId AND revoked_at IS NULL
            ORDER BY agreed_at, release_agreement_id
            """,
            account,
            cancellationToken: ct));
        return new(
            account.AccountId,
            account.DisplayName,
            account.Org,
            account.Roles,
            account.RolesAt(acr),
            [.. account.AtBiobanks.Select(held => held.Scope).Distinct()],
            account.Projects,
            account.Orcid,
            [.. institutions],
            changed,
            factors.AuthenticatorSince,
            factors.Passkeys,
            [.. agreements.Select(row => new Agreement(row.Id, row.ClientId, row.Client, row.Scope, row.AgreedAt))]);
    }
}
