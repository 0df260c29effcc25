using System.Text.Json;
using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// The person says yes: they get an account, without any role, and are signed in. Where the identity once opened another
/// account, that account stays closed to them.
/// </summary>
public static class ConfirmArrival
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/institutions/arrival", HandleAsync)
        .WithName(nameof(ConfirmArrival))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // the cookie of the arrival is the proof

    internal static async Task<IResult> HandleAsync(
        HttpContext context,
        KnownInstitutions institutions,
        NpgsqlDataSource database,
        SignInSteps steps,
        RefusedSignIns refused,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var nameGiven = await NameGivenAsync(context.Request, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var arrival = await Arrivals.FindAsync(context, connection, now, ct, transaction);
        if (arrival is null || institutions.Find(arrival.Institution) is not { } institution)
        {
            return refused.Show(context, InstitutionRefusals.TookTooLong);
        }

        var name = arrival.DisplayName.Length > 0 ? arrival.DisplayName : nameGiven;
        if (name is null)
        {
            return new SeeOther($"{options.Value.Issuer}/institutions/arrival");
        }

        var link = await IdentityLinks.FindAsync(transaction, institution.Issuer, arrival.Subject, ct);
        if (link is not null && link.LinkId != arrival.DormantLinkId)
        {
            return refused.Show(context, InstitutionRefusals.ReplayedState); // an account was made in another window meanwhile
        }

        if (link is not null)
        {
            await IdentityLinks.EndAsync(transaction, link, "idbroker", "identifier-taken-by-new-account", now, ct);
        }

        var accountId = await CreateAccountAsync(transaction, name, institution, arrival, now, ct);
        await IdentityLinks.CreateAsync(transaction, accountId, institution, arrival.Person, now, ct);
        await Arrivals.UseUpAsync(context, transaction, arrival, now, ct);
        var account = await Account.FindAsync(connection, accountId, ct, transaction);
        var next = await steps.GoOnAsync(context, transaction, account!, arrival.Person.ProofAt(institution, isFresh: false, now), arrival.Goal, ct);
        await transaction.CommitAsync(ct);
        return new SeeOther(next);
    }

    private static async Task<string> CreateAccountAsync(
        NpgsqlTransaction transaction, string name, Institution institution, Arrival arrival, DateTimeOffset now, CancellationToken ct)
    {
        var accountId = $"u{Guid.CreateVersion7(now):N}";
        await transaction.Connection!.ExecuteAsync(new(
            """
            INSERT INTO account (account_id, display_name, org, roles, biobanks, projects, participant, demo, source, orcid, created_at)
            VALUES (@accountId, @name, @Org, '{}', '{}', '{}', '', false, 'institution', @Orcid, @now)
            """,
            new { accountId, name, institution.Org, arrival.Orcid, now },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(transaction, new(now, accountId, "account.registered", accountId) { Reason = institution.Slug }, ct);
        return accountId;
    }

    /// <summary>Where the institution gives no name, the person gives one.</summary>
    private static async Task<string?> NameGivenAsync(HttpRequest request, CancellationToken ct) =>
        request.HasFormContentType && (await request.ReadFormAsync(ct))["name"] is [{ } text]
            ? AffiliationRules.Name(JsonSerializer.SerializeToElement(text))
            : null;
}
