using Kakehashi.Ledger;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kakehashi.Node.Ledgers;

/// <summary>Healthy: entries are taken and reach Metering. Degraded: they wait for Metering. Unhealthy: a person has to look.</summary>
public sealed class LedgerHealth(LedgerFile ledger, LedgerDelivery delivery) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(delivery.State switch
        {
            _ when ledger.Failure is not null => HealthCheckResult.Unhealthy("The ledger takes no entries."),
            { Step: DeliveryStep.Stop } => HealthCheckResult.Unhealthy("Metering and the ledger contradict each other, or the ledger cannot be read."),
            { Step: DeliveryStep.CallForHelp } => HealthCheckResult.Unhealthy("Metering refuses the ledger's entries."),
            { Step: DeliveryStep.TryAgain } => HealthCheckResult.Degraded("Entries wait for Metering."),
            _ => HealthCheckResult.Healthy(),
        });
}
