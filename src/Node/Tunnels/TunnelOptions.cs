using System.ComponentModel.DataAnnotations;

namespace Kakehashi.Node.Tunnels;

/// <summary>Section <c>Tunnel</c>: the Gateway this node dials, and how many connections it keeps to it.</summary>
public sealed class TunnelOptions : IValidatableObject
{
    public const string Section = "Tunnel";

    /// <summary>Base address of the Gateway's front, for instance https://platform.example.</summary>
    [Required]
    public Uri? GatewayUrl { get; init; }

    /// <summary>Two, so that one serves while the other is dialled anew.</summary>
    [Range(1, 4)]
    public int Connections { get; init; } = 2;

    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A tunnel without traffic is pinged this often ...</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>... and given up when no answer comes within this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where the tunnel opens: the Gateway's address as a WebSocket's.</summary>
    internal Uri Address => new UriBuilder(GatewayUrl!)
    {
        Scheme = GatewayUrl!.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs,
        Path = $"{GatewayUrl.AbsolutePath.TrimEnd('/')}/tunnel",
    }.Uri;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The tunnel opens with a token: it travels over TLS, or does not leave the machine.
        if (GatewayUrl is { } url && !(url.IsAbsoluteUri && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))))
        {
            yield return new("Tunnel:GatewayUrl must be an https address (http only on loopback).", [nameof(GatewayUrl)]);
        }
    }
}
