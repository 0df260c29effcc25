using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Turns somebody away: the reason goes to the ledger, the person gets a page that says what to do next.</summary>
public sealed class RefusedSignIns(NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<RefusedSignIns> logger)
{
    private static readonly (string Ja, string En) Title = ("サインインできませんでした", "You are not signed in");

    /// <param name="actor">The account, when a signed-in person tried to add the institution.</param>
    public async Task<IResult> RefuseAsync(HttpContext context, Institution institution, string? actor, string reason, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await NoteAsync(transaction, institution, actor, reason, ct);
        await transaction.CommitAsync(ct);
        return Show(context, reason);
    }

    public async Task NoteAsync(NpgsqlTransaction transaction, Institution institution, string? actor, string reason, CancellationToken ct)
    {
        await AccessEvents.AppendAsync(
            transaction,
            new(clock.GetUtcNow(), actor ?? AccessEvents.Anonymous, "institution.refused", institution.Slug) { Reason = reason },
            ct);
        Log.Refused(logger, institution.Slug, reason);
    }

    public IResult Show(HttpContext context, string reason) => Page.Say(
        context,
        options.Value.Issuer,
        reason == InstitutionRefusals.Unreachable ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest,
        $"institution.{reason}",
        Title,
        InstitutionRefusals.TextOf(reason));

    public IResult NoSuchInstitution(HttpContext context) => Page.Say(
        context,
        options.Value.Issuer,
        StatusCodes.Status404NotFound,
        "institution.not-found",
        ("ページが見つかりません", "There is no such page"),
        ("最初の画面に戻り、所属機関を選び直してください。", "Go back to where you started and choose your institution again."));
}
