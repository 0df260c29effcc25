namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>303: a form that was posted here must not be posted on (RFC 9700 section 4.12).</summary>
public sealed class SeeOther(string address) : IResult
{
    public string Address => address;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = address;
        httpContext.Response.Headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
