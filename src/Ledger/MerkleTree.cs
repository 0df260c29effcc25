namespace Kakehashi.Ledger;

/// <summary>Looks up the root of the perfect subtree over the leaves [index · 2^level, (index + 1) · 2^level).</summary>
public delegate TreeHash PerfectSubtree(int level, long index);

/// <summary>A whole tree in memory: every perfect subtree's root, so that any proof takes O(log n).</summary>
public sealed class MerkleTree
{
    private readonly List<List<TreeHash>> _levels = [[]];

    /// <summary>Number of leaves.</summary>
    public long Size => _levels[0].Count;

    public void Append(TreeHash leaf)
    {
        _levels[0].Add(leaf);
        for (var level = 0; _levels[level].Count % 2 == 0; level++)
        {
            if (level + 1 == _levels.Count)
            {
                _levels.Add([]);
            }

            _levels[level + 1].Add(Rfc6962.Node(_levels[level][^2], _levels[level][^1]));
        }
    }

    /// <summary>Root of the tree over the first <paramref name="size"/> leaves.</summary>
    public TreeHash Root(long size)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, Size);
        return TreeRange.Root(0, size, Subtree);
    }

    public TreeHash Subtree(int level, long index) => _levels[level][checked((int)index)];
}
