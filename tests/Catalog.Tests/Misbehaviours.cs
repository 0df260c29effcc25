using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Kakehashi.Catalog.Tests;

/// <summary>What a machine on the other side of a network may do instead of answering.</summary>
internal static class Misbehaviours
{
    public static Func<HttpContext, Task> Status(HttpStatusCode status) => context =>
        Task.FromResult(context.Response.StatusCode = (int)status);

    public static Func<HttpContext, Task> Say(string text) => context => context.Response.WriteAsync(text, context.RequestAborted);

    public static Task Hang(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    public static Task Cut(HttpContext context)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Announces more than it sends, then closes.</summary>
    public static async Task Half(HttpContext context)
    {
        context.Response.ContentLength = 1000;
        await context.Response.WriteAsync("""{"node":"bb""", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        context.Abort();
    }

    /// <summary>A byte now and then, for ever.</summary>
    public static async Task Trickle(HttpContext context)
    {
        while (true)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(" "), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(50, context.RequestAborted);
        }
    }

    /// <summary>As much as anybody takes, without saying how much.</summary>
    public static async Task Flood(HttpContext context)
    {
        var flood = Encoding.UTF8.GetBytes(new string(' ', 100_000));
        while (true)
        {
            await context.Response.Body.WriteAsync(flood, context.RequestAborted);
        }
    }

    public static Task Redirect(HttpContext context)
    {
        context.Response.Redirect("/nodes/tommo/counts", permanent: false, preserveMethod: true);
        return Task.CompletedTask;
    }
}
