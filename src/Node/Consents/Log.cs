namespace Kakehashi.Node.Consents;

internal static partial class Log
{
    [LoggerMessage(EventId = 7300, Level = LogLevel.Information, Message = "{Count} consent changes received, applied up to {Applied}")]
    internal static partial void ConsentChangesApplied(ILogger logger, int count, long applied);
}
