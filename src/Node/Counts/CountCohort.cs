using System.Diagnostics;
using System.Security.Claims;
using System.Text.Json;
using Kakehashi.Cohorts;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Disclosure;
using Kakehashi.Node.Index;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Node.Counts;

/// <summary>
/// A researcher asks how many participants a cohort has, under a purpose. The number is filtered by terms and consents,
/// checked for disclosure, and on record in the node's ledger before it leaves. No ledger, no answer.
/// </summary>
public static class CountCohort
{
    public const int MostAxes = 2;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/counts", HandleAsync)
        .WithName(nameof(CountCohort))
        .RequireAuthorization(Policies.Question);

    internal static async Task<Results<Ok<CountAnswer>, ProblemHttpResult>> HandleAsync(
        CountRequest request, ClaimsPrincipal user, Counting counting, LedgerFile ledger, TimeProvider clock,
        ILogger<CountRequest> logger, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        if (user.Use() is not { } use || PurposeRules.WhyNot(use.Purpose) is not null)
        {
            return Problems.Forbidden("node.no-purpose", "The token names no purpose this node understands.");
        }

        var parsed = Cohort.Parse(request.Cohort);
        if (!parsed.IsValid)
        {
            var fault = parsed.Faults[0];
            return Problems.BadRequest(fault.Code, fault.Message, string.Join(", ", fault.Allowed), $"/cohort{fault.Pointer}");
        }

        if (request.Breakdown.Count > MostAxes || request.Breakdown.Distinct().Count() != request.Breakdown.Count)
        {
            return Problems.BadRequest("node.breakdown", $"A count is broken down by at most {MostAxes} different variables.", at: "/breakdown");
        }

        if (counting.Open() is not { } view)
        {
            return Problems.Unavailable("node.loading", "The node is still reading its biobank's data. Ask again in a minute.");
        }

        var answer = counting.Answer(view, parsed.Cohort, request.Breakdown, use.Purpose);
        var usage = new UsageEvent(
            Version: 1,
            EventId: Guid.CreateVersion7(clock.GetUtcNow()),
            At: clock.GetUtcNow(),
            Node: answer.Node,
            Kind: "count",
            Issuer: user.FindFirstValue(TokenClaims.Issuer)!,
            Subject: user.ActorId(),
            Organisation: user.FindFirstValue(TokenClaims.Organisation),
            Project: use.Project,
            Purpose: use.Purpose,
            CohortId: answer.CohortId,
            Variables: [.. parsed.Cohort.Leaves, .. request.Breakdown.Select(name => $"by {name}")],
            Outcome: answer.State,
            CellsReleased: answer.Breakdown.Select(cell => cell.Count).Append(answer.Count ?? default(ProtectedCount)).Count(c => c.Value > 0),
            ConsentSequence: view.Sequence,
            DurationMs: Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        try
        {
            var index = await ledger.AppendAsync(JsonSerializer.SerializeToUtf8Bytes(usage, NodeJson.Default.UsageEvent), ct);
            return TypedResults.Ok(answer with { LedgerIndex = index, ElapsedMs = Stopwatch.GetElapsedTime(started).TotalMilliseconds });
        }
        catch (LedgerUnavailableException unavailable)
        {
            Log.LedgerUnavailable(logger, unavailable);
            return Problems.Unavailable("node.ledger-unavailable", "The node cannot record this use, so it does not answer.");
        }
    }
}
