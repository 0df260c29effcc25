using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults.Deliveries;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kakehashi.Node.Ledgers;

/// <summary>Healthy: entries are taken and reach Metering. Degraded: they wait for Metering. Unhealthy: a person has to look.</summary>
public sealed class LedgerHealth(LedgerFile ledger, LedgerDelivery delivery) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(ledger.Failure is null ? DeliveryHealth.Of(delivery.State) : HealthCheckResult.Unhealthy("The ledger takes no entries."));
}
