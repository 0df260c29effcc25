using System.Buffers;
using System.Security.Cryptography;

namespace Kakehashi.Ledger;

/// <summary>
/// Hashing of RFC 6962 (the same in RFC 9162). The prefix keeps leaves and nodes apart, so that no leaf can pass for a
/// pair of hashes.
/// </summary>
public static class Rfc6962
{
    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;
    private const int OnStack = 1024;

    /// <summary>Root of the tree without leaves: the hash of nothing.</summary>
    public static TreeHash Empty { get; } = TreeHash.Read(SHA256.HashData([]));

    public static TreeHash Leaf(ReadOnlySpan<byte> leaf)
    {
        var length = leaf.Length + 1;
        var rented = length > OnStack ? ArrayPool<byte>.Shared.Rent(length) : null;
        var input = rented is null ? stackalloc byte[OnStack] : rented;
        input[0] = LeafPrefix;
        leaf.CopyTo(input[1..]);
        var hash = Hash(input[..length]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }

        return hash;
    }

    public static TreeHash Node(TreeHash left, TreeHash right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * TreeHash.Bytes)];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + TreeHash.Bytes)..]);
        return Hash(input);
    }

    private static TreeHash Hash(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[TreeHash.Bytes];
        SHA256.HashData(input, hash);
        return TreeHash.Read(hash);
    }
}
