using System.ComponentModel.DataAnnotations;

namespace Kakehashi.Gateway;

/// <summary>Section <c>Gateway:Tunnels</c>: how many tunnels a node may have, and how long one lives.</summary>
public sealed class TunnelLimits
{
    [Range(1, 64)]
    public int MaxPerNode { get; init; } = 8;

    /// <summary>Older tunnels get no new requests; the node is told so and opens another with a fresh token before.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How long requests on a closing tunnel may go on.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A tunnel without traffic is pinged this often ...</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>... and given up when no answer comes within this time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
