namespace Kakehashi.Node.Ledgers;

internal static partial class Log
{
    [LoggerMessage(EventId = 7201, Level = LogLevel.Critical, Message = "The ledger can no longer be read; {Delivered} entries were delivered. Delivery has stopped")]
    internal static partial void LedgerEnded(ILogger logger, long delivered, Exception fault);
}
