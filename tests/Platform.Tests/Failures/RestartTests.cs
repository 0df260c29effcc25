using System.Net;
using Kakehashi.AppHost.Platform;
using Kakehashi.Platform.Tests.Audits;

namespace Kakehashi.Platform.Tests.Failures;

/// <summary>Everything stops and starts again on what it left behind. Uses a platform of its own: every part is stopped.</summary>
public sealed class RestartTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_platform_that_is_started_again_goes_on_where_it_stopped()
    {
        await using var platform = await TestPlatform.StartAsync(null, _ct);
        var withdrawn = await platform.PostAsync("yamamoto", "api/consent/withdrawals", """{"biobank":"bbj","reason":"no longer wished"}""", _ct);
        Assert.Equal(HttpStatusCode.OK, withdrawn.Status);
        var question = new Question(Question.Everybody) { Breakdown = ["sex", "age"] };
        var before = await platform.SearchAsync(question, _ct);
        var token = await platform.TokenAsync("sato", _ct);
        await platform.Local.UntilSnapshotsAsync(_ct);

        await platform.StartAgainAsync(_ct);

        // A token given out before is still good: the signing keys are kept.
        Assert.Equal(HttpStatusCode.OK, (await platform.SendAsync(HttpMethod.Get, "api/catalog/biobanks", token, null, _ct)).Status);
        var after = await platform.SearchAsync(question, _ct);
        Assert.Equal(before.Total, after.Total);
        Assert.Equal(before.Breakdown.Select(cell => cell.Value), after.Breakdown.Select(cell => cell.Value));
        Assert.All(platform.Local.Nodes, node => Assert.True(node.Load.Current.Restored, $"{node.Id} read its biobank again."));
        Assert.Equal(1, after.Nodes!.Single(node => node.Node == "bbj").Freshness!.ConsentSequence);
        var again = await platform.PostAsync("yamamoto", "api/consent/withdrawals", """{"biobank":"bbj","reason":"no longer wished"}""", _ct);
        Assert.Equal("consent.already-withdrawn", again.Code());
        foreach (var (old, now) in before.Nodes!.Zip(after.Nodes!))
        {
            Assert.Equal(old.LedgerIndex + 1, now.LedgerIndex);
            MeteringLog.IsDense(await MeteringLog.UpToAsync(platform, now.Node, now.LedgerIndex!.Value, _ct));
        }
    }
}
