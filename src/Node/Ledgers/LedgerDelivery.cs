using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults.Deliveries;

namespace Kakehashi.Node.Ledgers;

/// <summary>Delivers the node's ledger for as long as the host runs and the ledger can be read.</summary>
public sealed class LedgerDelivery(Delivery delivery, ILogger<LedgerDelivery> logger) : BackgroundService
{
    private volatile bool _ended;

    public DeliveryState State => _ended ? delivery.State with { Step = DeliveryStep.Stop } : delivery.State;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await delivery.RunAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is LedgerUnavailableException or LedgerCorruptException)
        {
            _ended = true;
            Log.LedgerEnded(logger, delivery.State.Delivered, fault);
        }
    }
}
