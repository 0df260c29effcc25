using System.Threading.RateLimiting;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Doors;

/// <summary>One bucket for each caller at the front, so that nobody can take everybody's share.</summary>
public static class RateLimits
{
    public static void AddRateLimits(this WebApplicationBuilder builder)
    {
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<GatewayOptions>>((limits, gateway) =>
        {
            var options = gateway.Value;
            limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => context.Request.Path == "/id/token"
                ? Bucket($"token {AddressOf(context)}", options.TokenBurst, options.TokenPerSecond)
                : Bucket(CallerOf(context), options.CallerBurst, options.CallerPerSecond));
            limits.OnRejected = RefuseAsync;
        });
    }

    /// <summary>The account where a token proves one, else the address: a made-up account cannot buy a new bucket.</summary>
    private static string CallerOf(HttpContext context) => context.User.FindFirst(TokenClaims.Subject) is { } subject
        ? $"account {subject.Value}"
        : $"address {AddressOf(context)}";

    private static string? AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString();

    private static RateLimitPartition<string> Bucket(string caller, int burst, int perSecond) =>
        RateLimitPartition.GetTokenBucketLimiter(caller, _ => new()
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        });

    private static async ValueTask RefuseAsync(OnRejectedContext context, CancellationToken ct)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
        context.HttpContext.Response.Headers.RetryAfter = $"{Math.Max(1, Math.Ceiling(wait.TotalSeconds)):0}";
        await GatewayProblems.TooManyRequests().ExecuteAsync(context.HttpContext);
    }
}
