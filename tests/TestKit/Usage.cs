using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.TestKit;

/// <summary>Usage events to deliver, all good unless told otherwise.</summary>
public static class Usage
{
    public static readonly DateTimeOffset Start = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);

    private static int _nodes;

    /// <summary>A node nobody has heard of.</summary>
    public static string NewNode() => $"node-{Interlocked.Increment(ref _nodes)}";

    /// <summary>Each is another event, even of the same minute.</summary>
    public static UsageEvent Event(string node, int minute = 0) => new(
        Version: 1,
        EventId: Guid.CreateVersion7(),
        At: Start.AddMinutes(minute),
        Node: node,
        Kind: "count",
        Issuer: "https://platform.test/id",
        Subject: "r-1",
        Organisation: "univ-a",
        Project: null,
        Purpose: new(ResearchUse.HMB, []),
        CohortId: new string('a', 64),
        Variables: ["condition ICD10:E11", "sex"],
        Outcome: CountStates.Answered,
        CellsReleased: 1,
        ConsentSequence: 7,
        DurationMs: 1.25);

    public static byte[] ToLeaf(this UsageEvent usage) => JsonSerializer.SerializeToUtf8Bytes(usage, ServiceDefaultsExtensions.Json);

    public static byte[] Leaf(string node, int minute = 0) => Event(node, minute).ToLeaf();

    public static byte[][] Leaves(string node, int count) => [.. Enumerable.Range(0, count).Select(minute => Leaf(node, minute))];
}
