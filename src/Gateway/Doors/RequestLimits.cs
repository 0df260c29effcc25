using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Gateway.Doors;

/// <summary>What is too large to be a request of ours is refused at the front, before anything else looks at it.</summary>
public static class RequestLimits
{
    public const int LargestHeaderBytes = 16 * 1024;
    public const int LongestAddress = 4 * 1024;

    public static void UseRequestLimits(this WebApplication app) => app.Use((context, next) =>
        WhyNot(context) is { } refusal ? refusal.ExecuteAsync(context) : next(context));

    private static ProblemHttpResult? WhyNot(HttpContext context)
    {
        var request = context.Request;
        var largestBody = context.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize;
        return request.Path.Value!.Length + request.QueryString.Value!.Length > LongestAddress
            ? GatewayProblems.AddressTooLong(LongestAddress)
            : HeaderBytes(request.Headers) > LargestHeaderBytes
            ? GatewayProblems.HeadersTooLarge(LargestHeaderBytes)
            : request.ContentLength > largestBody
            ? GatewayProblems.BodyTooLarge(largestBody.Value)
            : null;
    }

    private static int HeaderBytes(IHeaderDictionary headers)
    {
        const int separators = 4; // colon, space, CR, LF
        var bytes = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                bytes += name.Length + (value?.Length ?? 0) + separators;
            }
        }

        return bytes;
    }
}
