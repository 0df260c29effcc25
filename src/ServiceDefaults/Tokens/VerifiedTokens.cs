using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>Tokens verified a moment ago, by their SHA-256, until they expire: a caller's second request costs no signature check.</summary>
public sealed class VerifiedTokens(TimeProvider clock)
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<UInt128, (ClaimsPrincipal User, DateTimeOffset Expires)> _known = new();

    public ClaimsPrincipal? Find(string token) =>
        _known.TryGetValue(DigestOf(token), out var found) && clock.GetUtcNow() < found.Expires ? found.User : null;

    public void Add(string token, ClaimsPrincipal user, DateTimeOffset expires)
    {
        if (_known.Count >= Most)
        {
            var now = clock.GetUtcNow();
            foreach (var old in _known.Where(entry => entry.Value.Expires <= now || _known.Count >= Most))
            {
                _known.TryRemove(old.Key, out _);
            }
        }

        _known[DigestOf(token)] = (user, expires);
    }

    // Half of the digest: whoever hits it by chance has guessed 128 bits.
    private static UInt128 DigestOf(string token)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(token), digest);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);
    }
}
