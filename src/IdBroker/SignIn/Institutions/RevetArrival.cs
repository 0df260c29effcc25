using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// Whoever comes by a dormant link shows in another way that the account is theirs: by its second factor, or by signing in to it by another
/// link. Then the link opens it again.
/// </summary>
public static class RevetArrival
{
    public const string BySecondFactor = "second-factor";

    private const string Done = "/institutions/arrival/revetted";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/institutions/arrival/revetting", StartAsync)
            .WithName(nameof(RevetArrival))
            .RequireSameOrigin(OwnPages.Issuer)
            .AllowAnonymous(); // the cookie of the arrival is the proof
        routes.MapGet(Done, FinishAsync).WithName("FinishRevetting").AllowAnonymous(); // that cookie and the session's
    }

    internal static async Task<IResult> StartAsync(
        HttpContext context, StartedSignIns started, AuthorizationRequests requests, NpgsqlDataSource database, RefusedSignIns refused,
        IOptions<IdBrokerOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var how = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(ct))["how"].ToString() : "";
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var arrival = await Arrivals.FindAsync(context, connection, clock.GetUtcNow(), ct, transaction);
        var link = arrival?.DormantLinkId is { } linkId ? await IdentityLinks.FindAsync(connection, linkId, ct, transaction) : null;
        if (link is null)
        {
            return refused.Show(context, InstitutionRefusals.TookTooLong);
        }

        var isSecondFactor = how == BySecondFactor && (await SecondFactors.FindAsync(connection, link.AccountId, ct, transaction)).Any;
        if (isSecondFactor)
        {
            await started.StartAsync(context, transaction, link.AccountId, ["fed"], link.Institution, mayAdd: false, enrolment: null, ct);
            await transaction.CommitAsync(ct);
        }

        var goal = new SignInGoal(await requests.AddPageAsync(Done, ct), isSecondFactor);
        return new SeeOther(options.Value.Issuer + goal.At(isSecondFactor ? "/sign-in/second" : "/sign-in"));
    }

    internal static async Task<IResult> FinishAsync(
        HttpContext context, KnownInstitutions institutions, SignInSessions sessions, NpgsqlDataSource database, RefusedSignIns refused,
        IOptions<IdBrokerOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var session = await sessions.FindAsync(context, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var arrival = await Arrivals.FindAsync(context, connection, now, ct, transaction);
        if (arrival is null || institutions.Find(arrival.Institution) is not { } institution)
        {
            return refused.Show(context, InstitutionRefusals.TookTooLong);
        }

        var link = await IdentityLinks.FindAsync(transaction, institution.Issuer, arrival.Subject, ct);
        if (link is null || link.LinkId != arrival.DormantLinkId || session?.AccountId != link.AccountId
            || !LinkRules.IsOtherWayIn(session, arrival.ArrivedAt))
        {
            return new SeeOther($"{options.Value.Issuer}/institutions/arrival");
        }

        await IdentityLinks.RefreshAsync(transaction, link, institution, arrival.Person, revetted: true, now, ct);
        await Arrivals.UseUpAsync(context, transaction, arrival, now, ct);
        await transaction.CommitAsync(ct);
        return new SeeOther(arrival.Goal.End(options.Value.Issuer));
    }
}
