using System.Net;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Catalog.Nodes;

/// <summary>Why there is no usable answer of a node, in the words the Catalog says in its place.</summary>
/// <param name="State">One of <see cref="CountStates"/>: unreachable or deadline.</param>
internal sealed record NodeFault(string State, Reason Reason)
{
    /// <summary>Null for an exception that is nobody's answer: a bug, or a caller who is gone.</summary>
    public static NodeFault? Of(Exception fault, CancellationToken aborted) => fault switch
    {
        OperationCanceledException when !aborted.IsCancellationRequested =>
            new(CountStates.Deadline, new("catalog.deadline", "The node did not answer in time.")),
        TokenRequestException refused => Unreachable("catalog.no-token", $"There is no token for this node: {refused.Error}."),
        HttpRequestException or IOException => Unreachable("catalog.node-away", "The node cannot be reached."),
        BadAnswerException bad => BadAnswer(bad.Message),
        _ => null,
    };

    public static NodeFault Of(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout or HttpStatusCode.NotFound =>
            Unreachable("catalog.node-away", "The node is not connected."),
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            Unreachable("catalog.node-refused", "The node does not accept the platform's token."),
        _ => Unreachable("catalog.node-failed", $"The node answered with status {(int)status}."),
    };

    public static NodeFault BadAnswer(string why) => Unreachable("catalog.bad-answer", why);

    private static NodeFault Unreachable(string code, string text) => new(CountStates.Unreachable, new(code, text));
}
