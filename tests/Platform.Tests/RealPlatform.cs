using Kakehashi.AppHost.Platform;
using Kakehashi.TestKit;

namespace Kakehashi.Platform.Tests;

/// <summary>
/// The platform with the two published sources beside the five demo biobanks, as
/// <c>./kakehashi up --biobank … --cdm gibleed=…</c> starts it. Started by the first test that asks for it, so that
/// a clone without ../shared skips these tests with a message.
/// </summary>
public sealed class RealPlatform : IAsyncDisposable
{
    private TestPlatform? _platform;

    public async Task<TestPlatform> StartedAsync(CancellationToken ct)
    {
        var (cineca, gibleed) = (Shared.PathOf("data/cineca-1000g"), Shared.PathOf("data/omop-gibleed"));
        Environment.SetEnvironmentVariable("KAKEHASHI_SHARED", Path.GetFullPath(Path.Combine(cineca, "..", "..")));
        return _platform ??= await TestPlatform.StartAsync(
            async (postgres, folder, steps) =>
            {
                await CdmFiles.LoadAsync(postgres, folder, [$"gibleed={gibleed}"], steps, ct);
                var configurations = Path.Combine(Shared.RepositoryRoot(), "deploy", "biobanks");
                return [Path.Combine(configurations, "cineca-1000g.yaml"), Path.Combine(configurations, "omop-gibleed.yaml")];
            },
            ct);
    }

    public ValueTask DisposeAsync() => _platform?.DisposeAsync() ?? ValueTask.CompletedTask;
}
