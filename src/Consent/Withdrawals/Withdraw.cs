using System.Security.Claims;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.Consent.Replications;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Consent.Withdrawals;

/// <summary>
/// A participant takes back the consent to any use. From the commit on it is on its way to the biobank's node; from
/// <see cref="Response.EffectiveAt"/> on no question there counts the participant.
/// </summary>
public static class Withdraw
{
    /// <param name="Participant">Whose consent; a participant may leave it out.</param>
    public sealed record Request(
        [property: JsonRequired] string Biobank,
        ParticipantRef? Participant,
        [property: JsonRequired] string Reason);

    /// <param name="EffectiveAt">Null while the node has not confirmed it: it is away and answers nothing, or it is catching up.</param>
    public sealed record Response(
        long Sequence,
        DateTimeOffset RecordedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? EffectiveAt);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/withdrawals", HandleAsync)
        .WithName(nameof(Withdraw))
        .RequireAuthorization(Policies.Withdrawing);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        Request request,
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        Signals signals,
        IOptions<ConsentOptions> options,
        TimeProvider clock,
        ILogger<Response> logger,
        CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.Reason) || request.Reason.Length > WithdrawalRules.LongestReason)
        {
            return Problems.Unprocessable(
                "consent.reason", "Say why.", $"A reason of 1 to {WithdrawalRules.LongestReason} characters.", "/reason");
        }

        if (WithdrawalRules.MustNameParticipant(user, request.Biobank, request.Participant))
        {
            return Problems.Unprocessable(
                "consent.participant-missing", "Say which participant.", "A reference of 32 hexadecimal digits.", "/participant");
        }

        if (WithdrawalRules.Target(user, request.Biobank, request.Participant) is not { } participant)
        {
            return NotFound();
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await LockHeadAsync(transaction, request.Biobank) is not { } head)
        {
            return NotFound();
        }

        if (await IsWithdrawnAsync(transaction, request.Biobank, participant))
        {
            return Problems.Conflict("consent.already-withdrawn", "This participant's consent was withdrawn before.");
        }

        var sequence = head + 1;
        await AppendAsync(transaction, request.Biobank, new(sequence, participant, ChangeKinds.Withdrawn, now));
        await Audit.AppendAsync(
            transaction,
            new(now, user.ActorId(), "consent.withdrawn", $"{request.Biobank}/{sequence}", request.Reason),
            ct);
        var acknowledged = signals.AcknowledgementAsync(request.Biobank, sequence, options.Value.AcknowledgementWait, ct);
        await transaction.CommitAsync(CancellationToken.None); // past this point a caller who hangs up changes nothing

        signals.Changed(request.Biobank);
        Log.Withdrawn(logger, request.Biobank, sequence);
        await acknowledged;
        return TypedResults.Ok(new Response(sequence, now, await EffectiveAtAsync(connection, request.Biobank, sequence, ct)));
    }

    private static ProblemHttpResult NotFound() =>
        Problems.NotFound("consent.not-found", "No such participant.", "You can act for yourself, or for participants of your own biobanks.");

    // FOR UPDATE: one change of a biobank at a time, so that sequences are dense and a second withdrawal sees the first.
    private static Task<long?> LockHeadAsync(NpgsqlTransaction transaction, string biobank) =>
        transaction.Connection!.ExecuteScalarAsync<long?>(
            "SELECT head FROM biobank WHERE biobank_id = @biobank FOR UPDATE", new { biobank }, transaction);

    private static Task<bool> IsWithdrawnAsync(NpgsqlTransaction transaction, string biobank, ParticipantRef participant) =>
        transaction.Connection!.ExecuteScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT 1 FROM consent_change
            WHERE biobank_id = @biobank AND participant_ref = @reference AND kind = 'withdrawn')
            """,
            new { biobank, reference = participant.ToWire() },
            transaction);

    private static Task<int> AppendAsync(NpgsqlTransaction transaction, string biobank, ConsentChange change) =>
        transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO consent_change (biobank_id, sequence, participant_ref, kind, recorded_at)
            VALUES (@biobank, @Sequence, @reference, @Kind, @At);
            UPDATE biobank SET head = @Sequence WHERE biobank_id = @biobank;
            SELECT pg_notify(@channel, @biobank);
            """,
            new
            {
                biobank,
                reference = change.Participant.ToWire(),
                channel = Signals.ChangedChannel,
                change.Sequence,
                change.Kind,
                change.At,
            },
            transaction);

    private static async Task<DateTimeOffset?> EffectiveAtAsync(
        NpgsqlConnection connection, string biobank, long sequence, CancellationToken ct) =>
        await connection.ExecuteScalarAsync<DateTime?>(new CommandDefinition(
            "SELECT min(at) FROM acknowledgement WHERE biobank_id = @biobank AND applied >= @sequence",
            new { biobank, sequence },
            cancellationToken: ct));
}
