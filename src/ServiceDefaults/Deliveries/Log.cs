using System.Net;
using Microsoft.Extensions.Logging;

namespace Kakehashi.ServiceDefaults.Deliveries;

internal static partial class Log
{
    [LoggerMessage(EventId = 9101, Level = LogLevel.Debug, Message = "Metering gave no answer that can be read")]
    internal static partial void NoAnswer(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 9102, Level = LogLevel.Information, Message = "Delivery to Metering goes on; {Delivered} entries are there")]
    internal static partial void Resumed(ILogger logger, long delivered);

    [LoggerMessage(EventId = 9103, Level = LogLevel.Warning, Message = "Metering does not take entries now ({Status} {Problem}); {Delivered} are there, the rest waits here")]
    internal static partial void Waiting(ILogger logger, long delivered, HttpStatusCode? status, string? problem);

    [LoggerMessage(EventId = 9104, Level = LogLevel.Error, Message = "Metering refuses the entries from {Delivered} on ({Status} {Problem}): none is skipped, somebody has to look")]
    internal static partial void Refused(ILogger logger, long delivered, HttpStatusCode? status, string? problem);

    [LoggerMessage(EventId = 9105, Level = LogLevel.Critical, Message = "Metering and this producer contradict each other ({Problem}): delivered {Delivered}, here {Count}, Metering's next {Next}. Delivery has stopped; nothing is overwritten")]
    internal static partial void Stopped(ILogger logger, long delivered, long count, long? next, string? problem);
}
