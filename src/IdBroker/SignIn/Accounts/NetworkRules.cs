using System.Net;
using System.Net.Sockets;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>From which network a request comes: what one person or household usually holds, a /24 of IPv4 or a /48 of IPv6.</summary>
public static class NetworkRules
{
    private const int BitsV4 = 24;
    private const int BitsV6 = 48;

    /// <param name="peer">Who opened the connection.</param>
    /// <param name="forwarded">X-Forwarded-For; only its last entry was written by the peer, and it counts only from a trusted one.</param>
    public static string NetworkOf(IPAddress? peer, string? forwarded, IReadOnlyList<IPNetwork> trusted)
    {
        var address = Plain(peer ?? IPAddress.None);
        if ((IPAddress.IsLoopback(address) || trusted.Any(network => network.Contains(address)))
            && forwarded?.Split(',')[^1].Trim() is { Length: > 0 } last
            && IPAddress.TryParse(last, out var client))
        {
            address = Plain(client);
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? BitsV4 : BitsV6;
        return $"{new IPNetwork(Masked(address, bits), bits)}";
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return new(bytes);
    }
}
