using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Lets in whom <see cref="LinkRules"/> lets in, and asks the others what shall become of their arrival.</summary>
public sealed class Reception(
    NpgsqlDataSource database, SignInSteps steps, RefusedSignIns refused, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<Reception> logger)
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
            session is not null && LinkRules.IsOtherWayIn(session, DateTimeOffset.MinValue));
        var next = visit.Goal.End(options.Value.Issuer);
        switch (outcome)
        {
            case ArrivalOutcome.SignIn:
                await IdentityLinks.RefreshAsync(transaction, link!, institution, person, revetted: false, now, ct);
                var account = await Account.FindAsync(connection, link!.AccountId, ct, transaction);
                next = await steps.GoOnAsync(context, transaction, account!, person.ProofAt(institution, visit.Fresh, now), visit.Goal, ct);
                break;
            case ArrivalOutcome.RenewLink:
                var wasDormant = link!.IsDormant(options.Value.LinkDormantAfterMonths, now);
                await IdentityLinks.RefreshAsync(transaction, link, institution, person, wasDormant, now, ct);
                break;
            case ArrivalOutcome.AddLink:
                await IdentityLinks.CreateAsync(transaction, session!.AccountId, institution, person, now, ct);
                break;
            case ArrivalOutcome.Introduce:
                next = $"{options.Value.Issuer}/institutions/arrival";
                await Arrivals.KeepAsync(context, transaction, institution, visit, person, null, now, ct);
                break;
            case ArrivalOutcome.AskForRevetting:
                next = $"{options.Value.Issuer}/institutions/arrival";
                await IdentityLinks.NoteDormantAsync(transaction, link!, now, ct);
                await Arrivals.KeepAsync(context, transaction, institution, visit, person, link!.LinkId, now, ct);
                break;
            default:
                await refused.NoteAsync(transaction, institution, session?.AccountId, refusal!, ct);
                break;
        }

        await transaction.CommitAsync(ct);
        Log.Received(logger, institution.Slug, outcome);
        return outcome == ArrivalOutcome.Refuse ? refused.Show(context, refusal!) : new SeeOther(next);
    }
}
