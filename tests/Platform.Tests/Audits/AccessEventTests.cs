using Kakehashi.AppHost.Platform;

namespace Kakehashi.Platform.Tests.Audits;

/// <summary>How people and programs came in, as the auditor reads it beside the questions.</summary>
[Collection<DemoPlatformTests>]
public sealed class AccessEventTests(DemoPlatform demo)
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_brokers_events_stand_in_the_ledger_dense_and_without_secrets()
    {
        var seen = await Eventually.SeesAsync(
            () => MeteringLog.OfAsync(demo.Platform, "producer=idbroker", _ct),
            events => events.Count(e => e.Access!.Kind == "account.registered") == DemoAccounts.All.Count, _ct);

        Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => (long)i), seen.Select(e => e.ProducerIndex));
        Assert.Equal(seen.Count, seen.Select(e => e.Access!.EventId).Distinct().Count());
        Assert.Contains(seen, e => e.Access is { Kind: "client.registered", Subject: "kakehashi-cli" });
        Assert.Contains(seen, e => e.Access is { Kind: "signing-key.created", Actor: "idbroker" });
        Assert.All(demo.Platform.Said, said => Assert.DoesNotContain(DemoSecrets.Password(demo.Platform.Folder), said, StringComparison.Ordinal));
    }
}
