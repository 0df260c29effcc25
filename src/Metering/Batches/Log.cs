namespace Kakehashi.Metering.Batches;

internal static partial class Log
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Debug, Message = "{Added} new entries of {Producer}; next is {NextIndex}")]
    internal static partial void BatchReceived(ILogger logger, string producer, int added, long nextIndex);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "Refused a batch of {Producer} from entry {FirstIndex}: entry {NextIndex} comes first")]
    internal static partial void Gap(ILogger logger, string producer, long firstIndex, long nextIndex);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Error, Message = "{Producer} delivered entry {Index} again with different content; the first version stays")]
    internal static partial void Conflict(ILogger logger, string producer, long index);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Warning, Message = "Refused a batch of {Producer}, entry {Index}: {Rule}")]
    internal static partial void BadEvent(ILogger logger, string producer, long index, string rule);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Warning, Message = "Refused a batch in the name of another producer, by {ClientId}")]
    internal static partial void ForeignProducer(ILogger logger, string? clientId);
}
