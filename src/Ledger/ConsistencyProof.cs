using System.Numerics;

namespace Kakehashi.Ledger;

/// <summary>Shows that a tree was only appended to since an older root (RFC 9162 section 2.1.4).</summary>
public static class ConsistencyProof
{
    public static IReadOnlyList<TreeHash> Build(long oldSize, long newSize, PerfectSubtree subtree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        var path = new List<TreeHash>();
        var (from, to) = (0L, newSize);
        while (oldSize != 0 && to != oldSize)
        {
            var middle = from + TreeRange.Split(to - from);
            path.Add(oldSize <= middle ? TreeRange.Root(middle, to, subtree) : TreeRange.Root(from, middle, subtree));
            (from, to) = oldSize <= middle ? (from, middle) : (middle, to);
        }

        if (from != 0)
        {
            path.Add(TreeRange.Root(from, to, subtree));
        }

        path.Reverse();
        return path;
    }

    /// <summary>The algorithm of RFC 9162 section 2.1.4.2; the empty tree is consistent with every tree.</summary>
    public static bool Verify(long oldSize, TreeHash oldRoot, long newSize, TreeHash newRoot, IReadOnlyList<TreeHash> path)
    {
        if (oldSize < 0 || oldSize > newSize)
        {
            return false;
        }

        if (oldSize == 0 || oldSize == newSize)
        {
            return path.Count == 0 && oldRoot == (oldSize == 0 ? Rfc6962.Empty : newRoot)
                && (newSize != 0 || newRoot == Rfc6962.Empty);
        }

        return path.Count != 0 && Recompute(oldSize, newSize, BitOperations.IsPow2(oldSize) ? [oldRoot, .. path] : path)
            == (oldRoot, newRoot);
    }

    /// <summary>Both roots as the proof gives them; null when it is too short or too long for these sizes.</summary>
    private static (TreeHash Old, TreeHash New)? Recompute(long oldSize, long newSize, IReadOnlyList<TreeHash> path)
    {
        var skip = BitOperations.TrailingZeroCount(oldSize);
        var (position, last) = (oldSize - 1 >> skip, newSize - 1 >> skip);
        var (oldHash, newHash) = (path[0], path[0]);
        foreach (var sibling in path.Skip(1))
        {
            if (last == 0)
            {
                return null;
            }

            if ((position & 1) == 1 || position == last)
            {
                (oldHash, newHash) = (Rfc6962.Node(sibling, oldHash), Rfc6962.Node(sibling, newHash));
                for (; (position & 1) == 0 && position != 0; position >>= 1)
                {
                    last >>= 1;
                }
            }
            else
            {
                newHash = Rfc6962.Node(newHash, sibling);
            }

            (position, last) = (position >> 1, last >> 1);
        }

        return last == 0 ? (oldHash, newHash) : null;
    }
}
