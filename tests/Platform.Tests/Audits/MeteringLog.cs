using Kakehashi.Metering.Events;

namespace Kakehashi.Platform.Tests.Audits;

/// <summary>The usage events as the auditor reads them.</summary>
internal static class MeteringLog
{
    /// <summary>All events of one node.</summary>
    public static Task<IReadOnlyList<ListEvents.Item>> OfNodeAsync(TestPlatform platform, string node, CancellationToken ct) =>
        OfAsync(platform, $"producer=node:{node}", ct);

    /// <summary>All events that a filter keeps, oldest first, through all pages.</summary>
    public static async Task<IReadOnlyList<ListEvents.Item>> OfAsync(TestPlatform platform, string filter, CancellationToken ct)
    {
        List<ListEvents.Item> events = [];
        long? after = null;
        do
        {
            var onwards = after is null ? "" : $"&after={after}";
            var reply = await platform.GetAsync("ito", $"api/metering/events?{filter}&order=oldest&limit=50{onwards}", ct);
            var page = reply.Read<ListEvents.Response>();
            events.AddRange(page.Events);
            after = page.Next;
        }
        while (after is not null);
        return events;
    }

    /// <summary>All events of one node as soon as the one with this index in the node's own ledger is there.</summary>
    public static Task<IReadOnlyList<ListEvents.Item>> UpToAsync(TestPlatform platform, string node, long index, CancellationToken ct) =>
        Eventually.SeesAsync(() => OfNodeAsync(platform, node, ct), events => events.Any(e => e.ProducerIndex == index), ct);

    /// <summary>Nothing lost, nothing doubled: the node's own indexes are 0, 1, 2, … and each event is another.</summary>
    public static void IsDense(IReadOnlyList<ListEvents.Item> events)
    {
        Assert.Equal(Enumerable.Range(0, events.Count).Select(i => (long)i), events.Select(e => e.ProducerIndex));
        Assert.Equal(events.Count, events.Select(e => e.Usage!.EventId).Distinct().Count());
    }
}
