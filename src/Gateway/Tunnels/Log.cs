namespace Kakehashi.Gateway.Tunnels;

internal static partial class Log
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "A tunnel of node {Node} is open")]
    internal static partial void TunnelOpened(ILogger logger, string node);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Information, Message = "A tunnel of node {Node} is closed")]
    internal static partial void TunnelClosed(ILogger logger, string node);
}
