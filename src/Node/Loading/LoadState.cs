using Kakehashi.Node.Index;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kakehashi.Node.Loading;

/// <summary>How the last load went, for health and for whoever starts the node.</summary>
public sealed class LoadState : IHealthCheck
{
    private volatile Outcome _outcome = new(null, default, false, "node.loading", "The biobank's data are being read.");

    /// <summary>The index in use, how long it took, and whether it came from the snapshot.</summary>
    public Outcome Current => _outcome;

    public void Loaded(CohortIndex index, TimeSpan took, bool restored) => _outcome = new(index, took, restored, null, null);

    public void Failed(string code, string text) => _outcome = _outcome with { Code = code, Text = text };

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var outcome = _outcome;
        return Task.FromResult((outcome.Index, outcome.Code) switch
        {
            (not null, null) => HealthCheckResult.Healthy(),
            (not null, _) => HealthCheckResult.Degraded(outcome.Text),
            _ => HealthCheckResult.Unhealthy(outcome.Text),
        });
    }

    /// <summary>One load's outcome; with a code when it failed.</summary>
    public sealed record Outcome(CohortIndex? Index, TimeSpan Took, bool Restored, string? Code, string? Text);
}
