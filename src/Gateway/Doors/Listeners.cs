using System.Net;
using Kakehashi.Gateway.Proofs;
using Kakehashi.Gateway.Sessions;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Doors;

/// <summary>The two listeners, and what each lets through to which endpoint.</summary>
public static class Listeners
{
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);

    public static void AddDoors(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var options = kestrel.ApplicationServices.GetRequiredService<IOptions<GatewayOptions>>().Value;
            Listen(kestrel, options.FrontUrl, Door.Front);
            Listen(kestrel, options.BackUrl, Door.Back);
            kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
            kestrel.Limits.RequestHeadersTimeout = HeaderTimeout;

            // Kestrel answers what is beyond these without a body; RequestLimits refuses well below, with a problem.
            kestrel.Limits.MaxRequestHeadersTotalSize = 4 * RequestLimits.LargestHeaderBytes;
            kestrel.Limits.MaxRequestLineSize = 4 * RequestLimits.LongestAddress;
        });
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = GiveCode);
    }

    public static void UseDoors(this WebApplication app)
    {
        app.UseForwardedHeadersOfOurOwn();
        app.UseRouting();
        app.Use(KeepToDoor);

        // At the back the token is for the node: verifying it here would cost time and prove nothing.
        app.MapWhen(context => Door.Of(context) == Door.Back, back => back.UseAuthorization().UseEndpoints(_ => { }));

        app.UseRequestLimits();
        app.UseWebSockets();
        app.Use(SessionDoor.TakeAsync);
        app.Use(ProofDoor.TakeAsync);
        app.UseAuthentication();
        app.Use(ProofDoor.JudgeAsync);
        app.UseRateLimiter();
        app.Use(ProofDoor.UseUpAsync);
        Refusal.UseRefusals(app);
        app.Use(RefuseUnknown);
        app.UseAuthorization();
    }

    private static void Listen(KestrelServerOptions kestrel, Uri url, Door door)
    {
        if (url.Host == "localhost")
        {
            kestrel.ListenLocalhost(url.Port, Configure);
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(url.DnsSafeHost), url.Port, Configure);
        }

        void Configure(ListenOptions listener)
        {
            listener.Use(next => connection =>
            {
                connection.Features.Set(door);
                return next(connection);
            });
            if (url.Scheme == Uri.UriSchemeHttps)
            {
                listener.UseHttps();
            }
        }
    }

    private static Task KeepToDoor(HttpContext context, RequestDelegate next)
    {
        var door = Door.Of(context);
        if (context.GetEndpoint() is { } endpoint && Door.Of(endpoint) != door)
        {
            context.SetEndpoint(null);
        }

        return door == Door.Back ? RefuseUnknown(context, next) : next(context);
    }

    /// <summary>Before authorization: an address that does not exist is not found, whoever asks.</summary>
    private static Task RefuseUnknown(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint() is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(context);
    }

    private static void GiveCode(ProblemDetailsContext context)
    {
        if (context.ProblemDetails.Type?.StartsWith("urn:", StringComparison.Ordinal) != true)
        {
            context.ProblemDetails.Type = ServiceDefaults.Problems.TypeOf(context.HttpContext.Response.StatusCode switch
            {
                StatusCodes.Status404NotFound => "gateway.not-found",
                < 500 => "gateway.refused",
                _ => "gateway.failed",
            });
        }
    }
}
