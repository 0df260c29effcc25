using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Kakehashi.Gateway.Services;

/// <summary>Turns a request that could not be passed on into a problem; what a service answered itself is left alone.</summary>
public static class ServiceProblems
{
    public static async Task DescribeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        if (context.Features.Get<IForwarderErrorFeature>() is { } failure && !IsAnswered(context))
        {
            await ProblemOf(context, failure.Error, failure.Exception).ExecuteAsync(context);
        }
    }

    /// <summary>
    /// Whether there is an answer although passing on failed: who refuses a request early does not read it to its end. These
    /// are the statuses that the forwarder sets itself.
    /// </summary>
    public static bool IsAnswered(HttpContext context) =>
        context.Response.HasStarted || context.Response.StatusCode is not (400 or 408 or 413 or 502 or 503 or 504);

    /// <summary>What went wrong, as the caller should hear it. Faults of the request come before faults of who should answer it.</summary>
    public static IResult? CallersFault(HttpContext context, ForwarderError error, Exception? fault) => error switch
    {
        _ when context.RequestAborted.IsCancellationRequested => TypedResults.Empty,
        ForwarderError.RequestBodyClient when IsTooLarge(fault) =>
            GatewayProblems.BodyTooLarge(context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize ?? 0),
        ForwarderError.RequestBodyClient => GatewayProblems.BadBody(),
        _ => null,
    };

    private static IResult ProblemOf(HttpContext context, ForwarderError error, Exception? fault) =>
        CallersFault(context, error, fault) ?? (error is ForwarderError.RequestTimedOut ? GatewayProblems.ServiceSlow() : GatewayProblems.ServiceAway());

    private static bool IsTooLarge(Exception? fault) => fault switch
    {
        BadHttpRequestException bad => bad.StatusCode == StatusCodes.Status413PayloadTooLarge,
        AggregateException several => several.InnerExceptions.Any(IsTooLarge),
        _ => false,
    };
}
