using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Kakehashi.ServiceDefaults;

/// <summary>
/// Refusals a caller can act on (RFC 9457). The code is part of the API, the title may be reworded; <c>detail</c> says
/// what would be accepted instead.
/// </summary>
public static class Problems
{
    public static ProblemHttpResult BadRequest(string code, string title, string? detail = null, string? at = null) =>
        Problem(StatusCodes.Status400BadRequest, code, title, detail, at);

    public static ProblemHttpResult Forbidden(string code, string title, string? detail = null) =>
        Problem(StatusCodes.Status403Forbidden, code, title, detail, null);

    public static ProblemHttpResult NotFound(string code, string title, string? detail = null) =>
        Problem(StatusCodes.Status404NotFound, code, title, detail, null);

    public static ProblemHttpResult Conflict(string code, string title, string? detail = null) =>
        Problem(StatusCodes.Status409Conflict, code, title, detail, null);

    public static ProblemHttpResult Unprocessable(string code, string title, string? detail = null, string? at = null) =>
        Problem(StatusCodes.Status422UnprocessableEntity, code, title, detail, at);

    public static ProblemHttpResult Unavailable(string code, string title, string? detail = null) =>
        Problem(StatusCodes.Status503ServiceUnavailable, code, title, detail, null);

    public static string TypeOf(string code) => $"urn:kakehashi:problem:{code}";

    /// <summary>Gives a problem that the framework wrote (no such route, wrong method, …) a code of ours.</summary>
    public static void Name(ProblemDetails problem)
    {
        if (problem.Type?.StartsWith("urn:", StringComparison.Ordinal) == true)
        {
            return;
        }

        problem.Type = TypeOf(problem.Status switch
        {
            StatusCodes.Status400BadRequest => "request.invalid",
            StatusCodes.Status404NotFound => "request.not-found",
            StatusCodes.Status405MethodNotAllowed => "request.wrong-method",
            StatusCodes.Status413PayloadTooLarge => "request.too-large",
            StatusCodes.Status415UnsupportedMediaType => "request.not-json",
            >= 500 => "service.failed",
            _ => "request.refused",
        });
    }

    /// <param name="at">JSON pointer (RFC 6901) to the fault in the request body.</param>
    private static ProblemHttpResult Problem(int status, string code, string title, string? detail, string? at) =>
        TypedResults.Problem(
            title: title,
            detail: detail,
            statusCode: status,
            type: TypeOf(code),
            extensions: at is null ? null : [new("pointer", at)]);
}
