using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Kakehashi.ServiceDefaults;

/// <summary>
/// Turns a body that cannot be read (malformed, wrong type, unknown member, too large) into a problem with a stable code
/// and the place of the fault. Everything else stays a 500 without details.
/// </summary>
public sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not BadHttpRequestException bad)
        {
            return false;
        }

        httpContext.Response.StatusCode = bad.StatusCode;
        return await problems.TryWriteAsync(new()
        {
            HttpContext = httpContext,
            ProblemDetails = Describe(bad),
        });
    }

    private static ProblemDetails Describe(BadHttpRequestException bad)
    {
        var (code, title) = (bad.StatusCode, bad.InnerException) switch
        {
            (StatusCodes.Status413PayloadTooLarge, _) => ("request.too-large", "The request body is larger than this service accepts."),
            (StatusCodes.Status415UnsupportedMediaType, _) => ("request.not-json", "Send the body as application/json."),
            (_, JsonException) => ("request.malformed", "The body is not the JSON this operation expects."),
            _ => ("request.invalid", "The request cannot be read."),
        };
        var problem = new ProblemDetails { Status = bad.StatusCode, Title = title, Type = Problems.TypeOf(code) };
        if (bad.InnerException is JsonException json)
        {
            // The message of a JsonException may quote the input; its path and position may not hurt anyone.
            problem.Extensions["path"] = json.Path;
            problem.Extensions["line"] = json.LineNumber + 1;
            problem.Extensions["position"] = json.BytePositionInLine + 1;
        }

        return problem;
    }
}
