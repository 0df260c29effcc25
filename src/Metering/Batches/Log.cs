namespace Kakehashi.Metering.Batches;

internal static partial class Log
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Debug, Message = "{Added} new entries of {Node}; next is {NextIndex}")]
    internal static partial void BatchReceived(ILogger logger, string node, int added, long nextIndex);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Warning, Message = "Refused a batch of {Node} from entry {FirstIndex}: entry {NextIndex} comes first")]
    internal static partial void Gap(ILogger logger, string node, long firstIndex, long nextIndex);

    [LoggerMessage(EventId = 5003, Level = LogLevel.Error, Message = "{Node} delivered entry {Index} again with different content; the first version stays")]
    internal static partial void Conflict(ILogger logger, string node, long index);

    [LoggerMessage(EventId = 5004, Level = LogLevel.Warning, Message = "Refused a batch of {Node}, entry {Index}: {Rule}")]
    internal static partial void BadEvent(ILogger logger, string node, long index, string rule);

    [LoggerMessage(EventId = 5005, Level = LogLevel.Warning, Message = "Refused a batch in the name of another node, by {ClientId}")]
    internal static partial void ForeignNode(ILogger logger, string? clientId);
}
