using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Gateway;

/// <summary>The Gateway's own refusals.</summary>
public static class GatewayProblems
{
    public static ProblemHttpResult NodeAway() => Problem(
        503, "gateway.node-away", "The node is not connected.", "None of its tunnels is open. The other nodes are not affected.");

    public static ProblemHttpResult NodeFailed() => Problem(
        502, "gateway.node-failed", "The node broke off or gave no usable answer.", "Whether it acted on the request is not known.");

    public static ProblemHttpResult NodeSlow() => Problem(
        504, "gateway.node-slow", "The node did not answer in time.", "Whether it acted on the request is not known.");

    public static ProblemHttpResult ServiceAway() => Problem(
        503, "gateway.service-away", "The service behind this address does not answer.", "Try again shortly; see /healthz.");

    public static ProblemHttpResult ServiceSlow() => Problem(
        504, "gateway.service-slow", "The service behind this address did not answer in time.", "Try again shortly; see /healthz.");

    public static ProblemHttpResult TooManyRequests() => Problem(
        429, "gateway.too-many-requests", "Too many requests from this caller.", "Wait as long as Retry-After says.");

    public static ProblemHttpResult BodyTooLarge(long limit) => Problem(
        413, "gateway.body-too-large", "The request body is too large.", $"At most {limit} bytes are accepted.");

    public static ProblemHttpResult HeadersTooLarge(int limit) => Problem(
        431, "gateway.headers-too-large", "The request headers are too large.", $"At most {limit} bytes are accepted, names and values together.");

    public static ProblemHttpResult AddressTooLong(int limit) => Problem(
        414, "gateway.address-too-long", "The address is too long.", $"At most {limit} characters are accepted.");

    public static ProblemHttpResult BadBody() => Problem(
        400, "gateway.bad-body", "The request body could not be read to its end.");

    public static ProblemHttpResult NotAWebSocket() => Problem(
        400, "gateway.not-a-websocket", "A tunnel is a WebSocket.", "Only a node's own software opens this address.");

    public static ProblemHttpResult TooManyTunnels(int limit) => Problem(
        409, "gateway.too-many-tunnels", "This node has as many tunnels as it may.", $"At most {limit} at a time.");

    private static ProblemHttpResult Problem(int status, string code, string title, string? detail = null) =>
        TypedResults.Problem(statusCode: status, type: Problems.TypeOf(code), title: title, detail: detail);
}
