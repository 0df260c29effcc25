namespace Kakehashi.Ledger.Tests;

/// <summary>The eight leaves and their published roots and proofs of the Certificate Transparency reference implementation.</summary>
public sealed class Rfc6962Tests
{
    private static readonly string[] Leaves =
    [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ];

    private static readonly string[] Roots =
    [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    private const string B = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
    private const string CD = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
    private const string E = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
    private const string EF = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
    private const string EFGH = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
    private const string GH = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";

    private readonly MerkleTree _tree = TreeOf(Leaves.Length);

    [Fact]
    public void Roots_are_the_published_ones()
    {
        Assert.Equal(Roots, Enumerable.Range(0, Roots.Length).Select(size => _tree.Root(size).ToString()));
    }

    [Fact]
    public void A_frontier_has_the_published_roots_too()
    {
        var frontier = new Frontier();
        Assert.Equal(Roots[0], frontier.Root().ToString());
        foreach (var (leaf, root) in Leaves.Zip(Roots.Skip(1)))
        {
            frontier.Append(LeafOf(leaf));
            Assert.Equal(root, frontier.Root().ToString());
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 8, B, CD, EFGH)]
    [InlineData(5, 8, E, GH, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(1, 5, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", CD, E)]
    public void Inclusion_proofs_are_the_published_ones(int index, int size, params string[] path)
    {
        var proof = InclusionProof.Build(index, size, _tree.Subtree);

        Assert.Equal(path, proof.Select(hash => hash.ToString()));
        Assert.True(InclusionProof.Verify(LeafOf(Leaves[index]), index, size, proof, TreeHash.Parse(Roots[size])));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 8, B, CD, EFGH)]
    [InlineData(6, 8, EF, GH, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 5, CD, E)]
    public void Consistency_proofs_are_the_published_ones(int oldSize, int newSize, params string[] path)
    {
        var proof = ConsistencyProof.Build(oldSize, newSize, _tree.Subtree);

        Assert.Equal(path, proof.Select(hash => hash.ToString()));
        Assert.True(ConsistencyProof.Verify(oldSize, TreeHash.Parse(Roots[oldSize]), newSize, TreeHash.Parse(Roots[newSize]), proof));
    }

    [Fact]
    public void The_empty_tree_is_consistent_with_every_tree_and_proves_nothing_else()
    {
        Assert.True(ConsistencyProof.Verify(0, Rfc6962.Empty, 8, _tree.Root(8), []));
        Assert.True(ConsistencyProof.Verify(0, Rfc6962.Empty, 0, Rfc6962.Empty, []));
        Assert.False(ConsistencyProof.Verify(0, _tree.Root(1), 8, _tree.Root(8), []));
        Assert.False(ConsistencyProof.Verify(0, Rfc6962.Empty, 0, _tree.Root(1), []));
        Assert.False(ConsistencyProof.Verify(0, Rfc6962.Empty, 8, _tree.Root(8), [_tree.Root(8)]));
    }

    [Fact]
    public void A_hash_of_another_length_is_no_hash()
    {
        Assert.Throws<ArgumentException>(() => TreeHash.Parse("00"));
        Assert.Throws<ArgumentException>(() => TreeHash.Read(new byte[33]));
    }

    private static TreeHash LeafOf(string hex) => Rfc6962.Leaf(Convert.FromHexString(hex));

    private static MerkleTree TreeOf(int size)
    {
        var tree = new MerkleTree();
        foreach (var leaf in Leaves.Take(size))
        {
            tree.Append(LeafOf(leaf));
        }

        return tree;
    }
}
