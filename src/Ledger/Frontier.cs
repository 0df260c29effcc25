using System.Numerics;

namespace Kakehashi.Ledger;

/// <summary>
/// All that is needed to append to a tree and to know its root: the roots of its perfect subtrees, one for each bit of its
/// size. Not safe for use by several threads at once.
/// </summary>
public sealed class Frontier
{
    private readonly TreeHash[] _subtrees = new TreeHash[63];

    /// <summary>Number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The perfect subtrees from left (largest) to right.</summary>
    public IReadOnlyList<TreeHash> Subtrees => [.. Levels(Size).Reverse().Select(level => _subtrees[level])];

    /// <summary>A frontier that was stored as its size and subtrees.</summary>
    public static Frontier Restore(long size, IReadOnlyList<TreeHash> subtrees)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        if (subtrees.Count != BitOperations.PopCount((ulong)size))
        {
            throw new ArgumentException($"A tree of {size} leaves has one subtree for each bit of its size.", nameof(subtrees));
        }

        var frontier = new Frontier { Size = size };
        foreach (var (level, subtree) in Levels(size).Reverse().Zip(subtrees))
        {
            frontier._subtrees[level] = subtree;
        }

        return frontier;
    }

    public void Append(TreeHash leaf)
    {
        var level = 0;
        for (; (Size >> level & 1) == 1; level++)
        {
            leaf = Rfc6962.Node(_subtrees[level], leaf);
        }

        _subtrees[level] = leaf;
        Size++;
    }

    public TreeHash Root() => Size == 0
        ? Rfc6962.Empty
        : Levels(Size).Select(level => _subtrees[level]).Aggregate((right, left) => Rfc6962.Node(left, right));

    private static IEnumerable<int> Levels(long size)
    {
        for (; size != 0; size &= size - 1)
        {
            yield return BitOperations.TrailingZeroCount(size);
        }
    }
}
