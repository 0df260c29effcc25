using System.Collections.Concurrent;
using System.Text.Json;
using Kakehashi.Cohorts;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http;

namespace Kakehashi.Catalog.Tests;

/// <summary>One node: answers as agreed, unless the test tells it to do something else instead.</summary>
public sealed class PlayedNode(string biobank)
{
    private int _variablesRead;

    /// <summary>What the node does instead of showing its catalogue; null: what it should.</summary>
    public Func<HttpContext, Task>? InsteadOfCatalogue { get; set; }

    public Func<HttpContext, Task>? InsteadOfVariables { get; set; }

    /// <summary>What the node does instead of counting; null: what it should.</summary>
    public Func<HttpContext, Task>? InsteadOfCounting { get; set; }

    /// <summary>Changes the answer the node would give.</summary>
    public Func<CountAnswer, CountAnswer> Answer { get; set; } = answer => answer;

    /// <summary>What the node does instead of deciding about access; null: what it should.</summary>
    public Func<HttpContext, Task>? InsteadOfDeciding { get; set; }

    /// <summary>What the node is to say about access.</summary>
    public AccessAnswer Access { get; set; } = new(
        biobank,
        [new("first", $"https://{biobank}.example/datasets/first", AccessDecisions.Deny, null, [new("access.no-grant", "No grant.")])],
        []);

    public string SnapshotId { get; set; } = "s1";

    public IReadOnlyList<Variable> Variables { get; set; } =
    [
        new("sex", "female", "Female", "女性", ProtectedCount.Released(500)),
        new("age", null, "Age", "年齢", ProtectedCount.Released(1000), 0.01, 20, 90),
        new("condition", "ICD10:E11", "Type 2 diabetes mellitus", "２型糖尿病", ProtectedCount.Released(120)),
        new("condition", "ICD10:E11.9", "Without complications", "合併症を伴わない", ProtectedCount.Because(WithheldReasons.BelowThreshold)),
        new("measurement", "LOINC:4548-4", "Hemoglobin A1c", "ヘモグロビンA1c", ProtectedCount.Released(900), 0.1, 4.5, 11, "%"),
        new("biosample", "dna", "DNA", "ＤＮＡ", ProtectedCount.Released(800)),
        new("attribute", "smoking=never", "Never smoked", "非喫煙", ProtectedCount.Released(300)),
    ];

    public int VariablesRead => _variablesRead;

    public ConcurrentQueue<CountRequest> Questions { get; } = [];

    public ConcurrentQueue<AccessQuestion> Passports { get; } = [];

    /// <summary>Claims of the tokens that came with the questions.</summary>
    public ConcurrentQueue<JsonElement> Tokens { get; } = [];

    public NodeDescription Description => new(
        biobank,
        $"Biobank {biobank}",
        $"バイオバンク{biobank}",
        ProtectedCount.Released(1000),
        [new("first", ["DUO:0000006"], ProtectedCount.Released(1000))],
        ["ICD10", "LOINC"],
        "standard",
        new(2026, 4, 1),
        DateTimeOffset.UnixEpoch,
        SnapshotId);

    public Task DescribeAsync(HttpContext context) => IsFrom(context, Roles.Catalog)
        ? InsteadOfCatalogue is { } instead ? instead(context) : WriteAsync(context, Description)
        : RefuseAsync(context);

    public Task ListAsync(HttpContext context)
    {
        Interlocked.Increment(ref _variablesRead);
        return (InsteadOfCatalogue ?? InsteadOfVariables) is { } instead ? instead(context)
            : IsFrom(context, Roles.Catalog) ? WriteAsync(context, Variables)
            : RefuseAsync(context);
    }

    public async Task CountAsync(HttpContext context)
    {
        var question = (await context.Request.ReadFromJsonAsync<CountRequest>(ServiceDefaultsExtensions.Json, context.RequestAborted))!;
        Questions.Enqueue(question);
        Tokens.Enqueue(ClaimsOf(context));
        if (InsteadOfCounting is { } instead)
        {
            await instead(context);
        }
        else
        {
            await (IsFrom(context, Roles.Researcher) ? WriteAsync(context, AnswerTo(question)) : RefuseAsync(context));
        }
    }

    public async Task DecideAccessAsync(HttpContext context)
    {
        Passports.Enqueue((await context.Request.ReadFromJsonAsync<AccessQuestion>(ServiceDefaultsExtensions.Json, context.RequestAborted))!);
        await (InsteadOfDeciding is { } instead ? instead(context)
            : IsFrom(context, Roles.Researcher) ? WriteAsync(context, Access)
            : RefuseAsync(context));
    }

    /// <summary>The answer as agreed: 120 participants, 50 of each sex if asked.</summary>
    public CountAnswer AnswerTo(CountRequest question) => Answer(new(
        biobank,
        Cohort.Parse(question.Cohort).Cohort!.Id,
        CountStates.Answered,
        ProtectedCount.Released(120),
        question.Breakdown.Count == 0 ? [] : [Cell(question.Breakdown, "female", 50), Cell(question.Breakdown, "male", 50)],
        [],
        [],
        new(new(2026, 4, 1), DateTimeOffset.UnixEpoch, 7),
        "standard",
        41,
        0.2));

    public static Task WriteAsync<T>(HttpContext context, T value) =>
        context.Response.WriteAsJsonAsync(value, ServiceDefaultsExtensions.Json, context.RequestAborted);

    private static CountCell Cell(IReadOnlyList<string> axes, string category, long count) =>
        new(axes.ToDictionary(axis => axis, _ => category), ProtectedCount.Released(count));

    private static Task<int> RefuseAsync(HttpContext context) => Task.FromResult(context.Response.StatusCode = StatusCodes.Status401Unauthorized);

    private bool IsFrom(HttpContext context, string role)
    {
        var claims = ClaimsOf(context);
        return claims.GetProperty("aud").GetString() == Audiences.Node(biobank) && claims.GetProperty("roles")[0].GetString() == role;
    }

    private static JsonElement ClaimsOf(HttpContext context) =>
        JsonElement.Parse(CompactJws.Read(context.Request.Headers.Authorization.ToString()["Bearer ".Length..], out _)!.Payload);
}
