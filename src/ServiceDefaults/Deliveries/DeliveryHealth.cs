using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>Healthy: entries reach Metering. Degraded: they wait for Metering. Unhealthy: a person has to look.</summary>
public static class DeliveryHealth
{
    public static HealthCheckResult Of(DeliveryState state) => state.Step switch
    {
        DeliveryStep.Stop => HealthCheckResult.Unhealthy("Metering and this producer contradict each other, or the entries cannot be read."),
        DeliveryStep.CallForHelp => HealthCheckResult.Unhealthy("Metering refuses the entries."),
        DeliveryStep.TryAgain => HealthCheckResult.Degraded("Entries wait for Metering."),
        _ => HealthCheckResult.Healthy(),
    };
}
