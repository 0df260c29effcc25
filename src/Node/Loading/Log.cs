namespace Kakehashi.Node.Loading;

internal static partial class Log
{
    [LoggerMessage(EventId = 7400, Level = LogLevel.Information, Message = "{Biobank}: index restored from its snapshot, {Participants} participants, {Seconds:F1} s")]
    internal static partial void IndexRestored(ILogger logger, string biobank, int participants, double seconds);

    [LoggerMessage(EventId = 7401, Level = LogLevel.Information, Message = "{Biobank}: index loaded, {Participants} participants, {FaultyRows} rows with faults, {Seconds:F1} s")]
    internal static partial void IndexLoaded(ILogger logger, string biobank, int participants, long faultyRows, double seconds);

    [LoggerMessage(EventId = 7402, Level = LogLevel.Error, Message = "{Biobank}: the biobank cannot be read ({Code}); trying again")]
    internal static partial void BiobankUnreadable(ILogger logger, string biobank, string code, Exception exception);

    [LoggerMessage(EventId = 7403, Level = LogLevel.Error, Message = "{Biobank}: the snapshot cannot be written; the next start reads the biobank again")]
    internal static partial void SnapshotNotWritten(ILogger logger, string biobank, Exception exception);
}
