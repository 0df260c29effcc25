using System.Security.Cryptography;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

/// <summary>Project Wycheproof's JWK vectors: keys and key sets that must not verify anything.</summary>
public sealed class WycheproofKeyTests
{
    // The one vector that is good and not HMAC, which is never accepted here.
    private const int Good = 5;

    [Fact]
    public void Of_all_published_key_sets_only_the_sound_one_verifies() => Assert.Equal([Good], Vectors().Where(Accepts).Select(vector => vector.Id));

    [Fact]
    public void Every_published_key_set_was_tried() => Assert.Equal(26, Vectors().Count());

    [Fact]
    public void The_published_ROCA_key_is_recognised_and_sound_keys_are_not()
    {
        var roca = Vectors().Single(vector => vector.Id == 7).KeySet.GetProperty("keys")[0];
        Assert.True(RocaRules.IsWeak(StrictBase64Url.Decode(roca.Text("n"))));

        using var sound = RSA.Create(2048);
        Assert.False(RocaRules.IsWeak(sound.ExportParameters(includePrivateParameters: false).Modulus));
    }

    private static bool Accepts(Vector vector) =>
        CompactJws.Read(vector.Text, out _) is { KeyId: { } keyId } jws
        && IssuerKeys.ReadSet(vector.KeySet).TryGetValue(keyId, out var key)
        && key.Verify(jws);

    private static IEnumerable<Vector> Vectors()
    {
        var file = JsonElement.Parse(File.ReadAllBytes(TestKit.Shared.PathOf("checks/jose/json_web_key_test.json")));
        return
            from set in file.GetProperty("testGroups").EnumerateArray()
            let given = set.TryGetProperty("public", out var half) ? half : set.GetProperty("private")
            from test in set.GetProperty("tests").EnumerateArray()
            select new Vector(
                test.GetProperty("tcId").GetInt32(),
                given.TryGetProperty("keys", out _) ? given : JsonSerializer.SerializeToElement(new { keys = new[] { given } }),
                test.Text("jws")!);
    }

    private sealed record Vector(int Id, JsonElement KeySet, string Text);
}
