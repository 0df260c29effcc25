using FsCheck;
using FsCheck.Fluent;

namespace Kakehashi.Ledger.Tests;

/// <summary>What holds for proofs of every tree: true ones verify, and nothing else does.</summary>
public sealed class ProofProperties
{
    private const int Largest = 300;

    private static readonly MerkleTree Tree = Grow();

    private static readonly Arbitrary<(int First, int Second)> Sizes =
        (from second in Gen.Choose(1, Largest) from first in Gen.Choose(0, second - 1) select (first, second)).ToArbitrary();

    [Fact]
    public void Roots_follow_the_recursive_definition() =>
        Prop.ForAll(Gen.Choose(0, Largest).ToArbitrary(), size => Tree.Root(size) == Definition(0, size)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_frontier_restored_at_any_point_ends_at_the_same_root() =>
        Prop.ForAll(Sizes, sizes =>
        {
            var first = new Frontier();
            Append(first, 0, sizes.First);
            var second = Frontier.Restore(first.Size, first.Subtrees);
            Append(second, sizes.First, sizes.Second);
            return second.Root() == Tree.Root(sizes.Second) && first.Root() == Tree.Root(sizes.First);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_inclusion_proof_verifies_and_is_as_short_as_the_tree_is_deep() =>
        Prop.ForAll(Sizes, sizes =>
        {
            var proof = InclusionProof.Build(sizes.First, sizes.Second, Tree.Subtree);
            return proof.Count <= Math.Ceiling(Math.Log2(sizes.Second))
                && InclusionProof.Verify(LeafOf(sizes.First), sizes.First, sizes.Second, proof, Tree.Root(sizes.Second));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_inclusion_proof_holds_for_no_other_leaf_index_path_or_root() =>
        Prop.ForAll(Sizes, ArbMap.Default.ArbFor<int>(), (sizes, salt) =>
        {
            var (index, size) = sizes;
            var (leaf, root) = (LeafOf(index), Tree.Root(size));
            var proof = InclusionProof.Build(index, size, Tree.Subtree);
            return !InclusionProof.Verify(Flip(leaf, salt), index, size, proof, root)
                && !InclusionProof.Verify(leaf, index, size, proof, Flip(root, salt))
                && !InclusionProof.Verify(leaf, -1, size, proof, root)
                && Tampered(proof, salt).All(path => !InclusionProof.Verify(leaf, index, size, path, root))
                && Enumerable.Range(0, size).Where(other => other != index)
                    .All(other => !InclusionProof.Verify(leaf, other, size, proof, root));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_consistency_proof_verifies() =>
        Prop.ForAll(Sizes, sizes => ConsistencyProof.Verify(
            sizes.First,
            Tree.Root(sizes.First),
            sizes.Second,
            Tree.Root(sizes.Second),
            ConsistencyProof.Build(sizes.First, sizes.Second, Tree.Subtree))).QuickCheckThrowOnFailure();

    [Fact]
    public void A_consistency_proof_holds_for_no_other_root_path_or_order() =>
        Prop.ForAll(Sizes, ArbMap.Default.ArbFor<int>(), (sizes, salt) =>
        {
            var (oldSize, newSize) = sizes;
            var (oldRoot, newRoot) = (Tree.Root(oldSize), Tree.Root(newSize));
            var proof = ConsistencyProof.Build(oldSize, newSize, Tree.Subtree);
            return !ConsistencyProof.Verify(oldSize, Flip(oldRoot, salt), newSize, newRoot, proof)
                && (oldSize == 0 || !ConsistencyProof.Verify(oldSize, oldRoot, newSize, Flip(newRoot, salt), proof))
                && !ConsistencyProof.Verify(newSize, newRoot, oldSize, oldRoot, proof)
                && !ConsistencyProof.Verify(-1, oldRoot, newSize, newRoot, proof)
                && Tampered(proof, salt).All(path => !ConsistencyProof.Verify(oldSize, oldRoot, newSize, newRoot, path))
                && Enumerable.Range(0, newSize).Where(other => other != oldSize)
                    .All(other => !ConsistencyProof.Verify(other, oldRoot, newSize, newRoot, proof));
        }).QuickCheckThrowOnFailure();

    /// <summary>One bit changed in each hash; one hash less; one more at either end; two swapped.</summary>
    private static IEnumerable<IReadOnlyList<TreeHash>> Tampered(IReadOnlyList<TreeHash> path, int salt)
    {
        for (var i = 0; i < path.Count; i++)
        {
            yield return [.. path.Take(i), Flip(path[i], salt), .. path.Skip(i + 1)];
            yield return [.. path.Take(i), .. path.Skip(i + 1)];
        }

        yield return [.. path, Rfc6962.Empty];
        yield return [Rfc6962.Empty, .. path];
        if (path.Count > 1)
        {
            yield return [.. path.Reverse()];
        }
    }

    private static TreeHash Flip(TreeHash hash, int salt)
    {
        var bit = (UInt128)1 << (salt & 127);
        return (salt & 128) == 0 ? hash with { High = hash.High ^ bit } : hash with { Low = hash.Low ^ bit };
    }

    /// <summary>MTH as RFC 9162 section 2.1.1 defines it, without any shortcut.</summary>
    private static TreeHash Definition(int from, int to)
    {
        if (to - from < 2)
        {
            return to == from ? Rfc6962.Empty : LeafOf(from);
        }

        var split = 1;
        while (split * 2 < to - from)
        {
            split *= 2;
        }

        return Rfc6962.Node(Definition(from, from + split), Definition(from + split, to));
    }

    private static TreeHash LeafOf(int index) => Rfc6962.Leaf(BitConverter.GetBytes(index));

    private static void Append(Frontier frontier, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            frontier.Append(LeafOf(i));
        }
    }

    private static MerkleTree Grow()
    {
        var tree = new MerkleTree();
        for (var i = 0; i < Largest; i++)
        {
            tree.Append(LeafOf(i));
        }

        return tree;
    }
}
