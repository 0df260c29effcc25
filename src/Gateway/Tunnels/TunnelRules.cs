using System.Text.RegularExpressions;

namespace Kakehashi.Gateway.Tunnels;

/// <summary>Whose tunnel it is, and which one the next request takes.</summary>
public static partial class TunnelRules
{
    private const string ClientPrefix = "node:";

    /// <summary>The node that a token's client is; null when the client is no node. Nothing else decides whose tunnel opens.</summary>
    public static string? NodeOf(string? clientId) =>
        clientId is not null && clientId.StartsWith(ClientPrefix, StringComparison.Ordinal) && Slug().IsMatch(clientId.AsSpan(ClientPrefix.Length))
            ? clientId[ClientPrefix.Length..]
            : null;

    /// <summary>The open tunnel with the fewest requests under way; null when none is open.</summary>
    public static Tunnel? Choose(IReadOnlyList<Tunnel> tunnels)
    {
        Tunnel? best = null;
        foreach (var tunnel in tunnels)
        {
            if (!tunnel.Retired && (best is null || tunnel.Active < best.Active))
            {
                best = tunnel;
            }
        }

        return best;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,30}\z")]
    private static partial Regex Slug();
}
