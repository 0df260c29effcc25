using System.Net;

namespace Kakehashi.Node.Ledgers;

internal static partial class Log
{
    [LoggerMessage(EventId = 7201, Level = LogLevel.Debug, Message = "Metering gave no answer that can be read")]
    internal static partial void NoAnswer(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 7202, Level = LogLevel.Information, Message = "Delivery to Metering goes on; {Delivered} entries are there")]
    internal static partial void Resumed(ILogger logger, long delivered);

    [LoggerMessage(EventId = 7203, Level = LogLevel.Warning, Message = "Metering does not take entries now ({Status} {Problem}); {Delivered} are there, the rest waits in the ledger")]
    internal static partial void Waiting(ILogger logger, long delivered, HttpStatusCode? status, string? problem);

    [LoggerMessage(EventId = 7204, Level = LogLevel.Error, Message = "Metering refuses the entries from {Delivered} on ({Status} {Problem}): none is skipped, somebody has to look")]
    internal static partial void Refused(ILogger logger, long delivered, HttpStatusCode? status, string? problem);

    [LoggerMessage(EventId = 7205, Level = LogLevel.Critical, Message = "Metering and this ledger contradict each other ({Problem}): delivered {Delivered}, here {Count}, Metering's next {Next}. Delivery has stopped; nothing is overwritten")]
    internal static partial void Stopped(ILogger logger, long delivered, long count, long? next, string? problem);

    [LoggerMessage(EventId = 7206, Level = LogLevel.Critical, Message = "The ledger can no longer be read; {Delivered} entries were delivered. Delivery has stopped")]
    internal static partial void LedgerEnded(ILogger logger, long delivered, Exception fault);
}
