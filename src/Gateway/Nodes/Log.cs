using Yarp.ReverseProxy.Forwarder;

namespace Kakehashi.Gateway.Nodes;

internal static partial class Log
{
    [LoggerMessage(EventId = 1011, Level = LogLevel.Warning, Message = "A request to node {Node} failed: {Error}")]
    internal static partial void NodeFailed(ILogger logger, string node, ForwarderError error);
}
