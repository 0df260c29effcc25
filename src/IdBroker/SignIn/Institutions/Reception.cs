using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Lets in whom <see cref="LinkRules"/> lets in, and asks the others what shall become of their arrival.</summary>
public sealed class Reception(
    NpgsqlDataSource database, SignInSessions sessions, Refusals refusals, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<Reception> logger)
{
    /// <param name="session">Of the person who adds the institution to their account; null at a sign-in.</param>
    public async Task<IResult> ReceiveAsync(
        HttpContext context, Institution institution, Visit visit, SignInSession? session, ArrivedPerson person, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var link = await IdentityLinks.FindAsync(transaction, institution.Issuer, person.Subject, ct);
        var (outcome, refusal) = LinkRules.Decide(
            link?.AccountId,
            link?.IsDormant(options.Value.LinkDormantAfterMonths, now) == true,
            link?.AccountEnabled == true,
            session?.AccountId,
            session is not null && (session.HasTwoFactors || session.Amr.Contains("fed")));
        switch (outcome)
        {
            case ArrivalOutcome.SignIn:
                await IdentityLinks.RefreshAsync(transaction, link!, institution, person, revetted: false, now, ct);
                await StartSessionAsync(context, transaction, link!.AccountId, person.ProofAt(institution, visit.Fresh, now), visit.Fresh, ct);
                break;
            case ArrivalOutcome.RenewLink:
                var wasDormant = link!.IsDormant(options.Value.LinkDormantAfterMonths, now);
                await IdentityLinks.RefreshAsync(transaction, link, institution, person, wasDormant, now, ct);
                break;
            case ArrivalOutcome.AddLink:
                await IdentityLinks.CreateAsync(transaction, session!.AccountId, institution, person, now, ct);
                break;
            case ArrivalOutcome.Introduce:
                await Arrivals.KeepAsync(context, transaction, institution, visit, person, null, now, ct);
                break;
            case ArrivalOutcome.AskForRevetting:
                await IdentityLinks.NoteDormantAsync(transaction, link!, now, ct);
                await Arrivals.KeepAsync(context, transaction, institution, visit, person, link!.LinkId, now, ct);
                break;
            default:
                await refusals.NoteAsync(transaction, institution, session?.AccountId, refusal!, ct);
                break;
        }

        await transaction.CommitAsync(ct);
        Log.Received(logger, institution.Slug, outcome);
        var issuer = options.Value.Issuer;
        return outcome switch
        {
            ArrivalOutcome.Refuse => refusals.Show(context, refusal!),
            ArrivalOutcome.Introduce or ArrivalOutcome.AskForRevetting => TypedResults.Redirect($"{issuer}/institutions/arrival"),
            _ => TypedResults.Redirect(Requests.NextAfter(visit.Request, issuer)),
        };
    }

    /// <summary>A step-up renews the session of the same person; any other sign-in takes its place.</summary>
    public async Task StartSessionAsync(
        HttpContext context, NpgsqlTransaction transaction, string accountId, SignInProof proof, bool isStepUp, CancellationToken ct)
    {
        var current = await sessions.FindAsync(context, ct);
        if (isStepUp && current?.AccountId == accountId)
        {
            await sessions.RenewAsync(context, transaction, current, proof, ct);
            return;
        }

        if (current is not null)
        {
            await sessions.EndAsync(transaction, current.SessionId, current.AccountId, "replaced", ct);
        }

        await sessions.StartAsync(context, transaction, accountId, proof, ct);
    }
}
