using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Kakehashi.Catalog.Searches;

/// <summary>
/// Cross search: one question to many biobanks at once, each answering for itself. Waits for all until the deadline, or with
/// <c>Accept: text/event-stream</c> sends each answer as it comes. Nothing is stored here; the nodes' ledgers are the record.
/// </summary>
public static class Search
{
    private const int LargestBodyBytes = 128 << 10;

    public static void Register(IServiceCollection services) => services.AddSingleton<FanOut>().AddSingleton<SearchRun>();

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/searches", HandleAsync)
        .WithName(nameof(Search))
        .WithMetadata(new RequestSizeLimitAttribute(LargestBodyBytes))
        .RequireAuthorization(Policies.Searching);

    internal static async Task<Results<JsonHttpResult<SearchAnswer>, ServerSentEventsResult<byte[]>, ProblemHttpResult>> HandleAsync(
        [FromBody] JsonElement body, HttpRequest request, ClaimsPrincipal user, Catalogue catalogue, SearchRun run, CancellationToken ct)
    {
        var known = catalogue.Known;
        var (question, faults) = QuestionReader.Read(body, known, [.. user.FindAll(TokenClaims.Projects).Select(c => c.Value)]);
        if (question is null)
        {
            return SearchProblem.Of(faults);
        }

        var callersToken = request.Headers.Authorization.ToString()["Bearer ".Length..];
        return WantsStream(request)
            ? TypedResults.ServerSentEvents(run.StreamAsync(question, callersToken, known, ct))
            : TypedResults.Json(await run.AnswerAsync(question, callersToken, known, ct), SearchJson.Default.SearchAnswer);
    }

    private static bool WantsStream(HttpRequest request) =>
        request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);
}

/// <summary>One search from question to answer, at once or as a stream.</summary>
internal sealed class SearchRun(FanOut nodes, IOptions<CatalogOptions> options, TimeProvider clock)
{
    public async Task<SearchAnswer> AnswerAsync(Question question, string callersToken, KnownBiobanks known, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        using var deadline = DeadlineOf(ct);
        var answers = await Task.WhenAll(nodes.Ask(question, callersToken, known, deadline.Token, ct));
        return Summary(Guid.CreateVersion7(clock.GetUtcNow()), question, answers, started) with { Nodes = answers };
    }

    public async IAsyncEnumerable<SseItem<byte[]>> StreamAsync(
        Question question, string callersToken, KnownBiobanks known, [EnumeratorCancellation] CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        using var deadline = DeadlineOf(ct);
        List<NodeAnswer> answers = [];
        await foreach (var answer in Task.WhenEach(nodes.Ask(question, callersToken, known, deadline.Token, ct)).WithCancellation(ct))
        {
            answers.Add(await answer);
            yield return new(JsonSerializer.SerializeToUtf8Bytes(answers[^1], SearchJson.Default.NodeAnswer), "node");
        }

        var summary = Summary(Guid.CreateVersion7(clock.GetUtcNow()), question, answers, started);
        yield return new(JsonSerializer.SerializeToUtf8Bytes(summary, SearchJson.Default.SearchAnswer), "total");
    }

    private SearchAnswer Summary(Guid searchId, Question question, IReadOnlyList<NodeAnswer> answers, long started) => new(
        searchId,
        question.Cohort.Id,
        null,
        Totals.Of(answers),
        Totals.Cells(answers, question.Breakdown),
        Math.Round(clock.GetElapsedTime(started).TotalMilliseconds, 3));

    private CancellationTokenSource DeadlineOf(CancellationToken ct)
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(options.Value.Deadline);
        return deadline;
    }
}
