namespace Kakehashi.Node.Tunnels;

internal static partial class Log
{
    [LoggerMessage(EventId = 7101, Level = LogLevel.Information, Message = "A tunnel to the Gateway is open")]
    internal static partial void Opened(ILogger logger);

    [LoggerMessage(EventId = 7102, Level = LogLevel.Information, Message = "A tunnel to the Gateway is closed")]
    internal static partial void Closed(ILogger logger);

    [LoggerMessage(EventId = 7103, Level = LogLevel.Warning, Message = "No tunnel to the Gateway ({Failures} failures in a row): {Reason}")]
    internal static partial void NotOpened(ILogger logger, int failures, string reason);
}
