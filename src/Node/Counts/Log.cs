namespace Kakehashi.Node.Counts;

internal static partial class Log
{
    [LoggerMessage(EventId = 7000, Level = LogLevel.Critical, Message = "The ledger cannot be written; the node answers nothing until it is restarted")]
    internal static partial void LedgerUnavailable(ILogger logger, Exception exception);
}
