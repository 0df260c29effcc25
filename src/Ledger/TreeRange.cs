using System.Numerics;

namespace Kakehashi.Ledger;

/// <summary>Roots over runs of leaves, put together from perfect subtrees.</summary>
internal static class TreeRange
{
    /// <summary>
    /// MTH of RFC 9162 over the leaves [from, to). A run that starts at a multiple of the power of two at or above its
    /// length, as every run in a proof does, consists of perfect subtrees of falling size.
    /// </summary>
    public static TreeHash Root(long from, long to, PerfectSubtree subtree)
    {
        if (from == to)
        {
            return Rfc6962.Empty;
        }

        var level = BitOperations.Log2((ulong)(to - from));
        var left = subtree(level, from >> level);
        var rest = from + (1L << level);
        return rest == to ? left : Rfc6962.Node(left, Root(rest, to, subtree));
    }

    /// <summary>Where RFC 9162 splits a run of at least two leaves: the largest power of two below its length.</summary>
    public static long Split(long length) => 1L << BitOperations.Log2((ulong)(length - 1));
}
