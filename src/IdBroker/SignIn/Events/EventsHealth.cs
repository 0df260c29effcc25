using Kakehashi.ServiceDefaults.Deliveries;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Events;

/// <summary>Whether what happens here reaches the ledger. An instance that stands by is healthy.</summary>
public sealed class EventsHealth(EventRelay relay, IOptions<IdBrokerOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(relay switch
        {
            _ when options.Value.MeteringUrl is null => HealthCheckResult.Degraded("Events stay here: IdBroker:MeteringUrl is not set."),
            { IsInterrupted: true } => HealthCheckResult.Degraded("The delivery of events is interrupted."),
            { State: { } state } => DeliveryHealth.Of(state),
            _ => HealthCheckResult.Healthy(),
        });
}
