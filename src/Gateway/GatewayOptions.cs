using System.ComponentModel.DataAnnotations;
using System.Net;
using Kakehashi.Gateway.Services;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway;

/// <summary>Section <c>Gateway</c>: where the doors are, what lies behind them, and how much may pass.</summary>
public sealed class GatewayOptions : IValidatableObject
{
    public const string Section = "Gateway";

    /// <summary>Where people, clients and tunnels come in. An IP address or localhost.</summary>
    public Uri FrontUrl { get; init; } = new("http://localhost:5600");

    /// <summary>The address that browsers and clients use, where it is not <see cref="FrontUrl"/>: scheme, host and port only.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Where services reach nodes. Must not be reachable from outside.</summary>
    public Uri BackUrl { get; init; } = new("http://127.0.0.1:5601");

    /// <summary>Base addresses by service name. A service that is not named has no route.</summary>
    public Dictionary<string, Uri> Services { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Slugs of nodes that /healthz lists even while they are away.</summary>
    public IReadOnlyList<string> ExpectedNodes { get; init; } = [];

    /// <summary>How long a node may take until its answer begins, counted from the last byte of the request.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00")]
    public TimeSpan NodeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer that has begun may stay silent.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan NodeSilence { get; init; } = TimeSpan.FromMinutes(5);

    [Range(1, 100_000)]
    public int MaxConnections { get; init; } = 1_000;

    /// <summary>Requests that one caller (account, else address) may send at once, and each second after that.</summary>
    [Range(1, 1_000_000)]
    public int CallerBurst { get; init; } = 200;

    [Range(1, 1_000_000)]
    public int CallerPerSecond { get; init; } = 50;

    /// <summary>The same for token requests from one address.</summary>
    [Range(1, 1_000_000)]
    public int TokenBurst { get; init; } = 200;

    [Range(1, 1_000_000)]
    public int TokenPerSecond { get; init; } = 50;

    [ValidateObjectMembers]
    public TunnelLimits Tunnels { get; init; } = new();

    /// <summary>Scheme, host and port as browsers write an origin.</summary>
    public string Origin => (PublicUrl ?? FrontUrl).GetLeftPart(UriPartial.Authority);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (name, url) in new[] { (nameof(FrontUrl), FrontUrl), (nameof(BackUrl), BackUrl) })
        {
            if (!url.IsAbsoluteUri || !IsHttp(url) || (url.Host != "localhost" && !IPAddress.TryParse(url.DnsSafeHost, out _)))
            {
                yield return new($"Gateway:{name} must be http(s)://ADDRESS:PORT with an IP address or localhost.", [name]);
            }
        }

        if (PublicUrl is { } shown && (!IssuerDocument.IsSafe(shown.OriginalString, out var safe) || safe.PathAndQuery != "/"))
        {
            yield return new("Gateway:PublicUrl must be https://HOST, with a port where needed and no path (http only on loopback).", [nameof(PublicUrl)]);
        }

        foreach (var (name, url) in Services)
        {
            if (!ServiceRoutes.Known.Any(route => route.Service.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                yield return new($"Gateway:Services:{name} is not a service of the platform.", [nameof(Services)]);
            }
            else if (!url.IsAbsoluteUri || !IsHttp(url))
            {
                yield return new($"Gateway:Services:{name} must be an absolute http(s) address.", [nameof(Services)]);
            }
        }
    }

    private static bool IsHttp(Uri url) => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps;
}
