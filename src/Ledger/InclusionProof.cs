namespace Kakehashi.Ledger;

/// <summary>Shows that a leaf stands at an index of a tree (RFC 9162 section 2.1.3).</summary>
public static class InclusionProof
{
    public static IReadOnlyList<TreeHash> Build(long index, long size, PerfectSubtree subtree)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var path = new List<TreeHash>();
        var (from, to) = (0L, size);
        while (to - from > 1)
        {
            var middle = from + TreeRange.Split(to - from);
            path.Add(index < middle ? TreeRange.Root(middle, to, subtree) : TreeRange.Root(from, middle, subtree));
            (from, to) = index < middle ? (from, middle) : (middle, to);
        }

        path.Reverse();
        return path;
    }

    /// <summary>The algorithm of RFC 9162 section 2.1.3.2. Size and root must come from one signed tree head: a root does not fix its size.</summary>
    public static bool Verify(TreeHash leaf, long index, long size, IReadOnlyList<TreeHash> path, TreeHash root)
    {
        if (index < 0 || index >= size)
        {
            return false;
        }

        var (position, last, hash) = (index, size - 1, leaf);
        foreach (var sibling in path)
        {
            if (last == 0)
            {
                return false;
            }

            if ((position & 1) == 1 || position == last)
            {
                hash = Rfc6962.Node(sibling, hash);
                for (; (position & 1) == 0 && position != 0; position >>= 1)
                {
                    last >>= 1;
                }
            }
            else
            {
                hash = Rfc6962.Node(hash, sibling);
            }

            (position, last) = (position >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }
}
