using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.ServiceDefaults.Tests.Tokens;

/// <summary>Project Wycheproof's JWS vectors: hostile and unusual signatures, collected from broken libraries.</summary>
public sealed class WycheproofTests
{
    // "valid" in the vectors, refused here: the key's alg is not the header's (346 347 350 351), '?' in base64 (372 373).
    private static readonly int[] RefusedOnPurpose = [346, 347, 350, 351, 372, 373];

    // Spaces, foreign characters and unused bits inside a segment, most of which the framework's decoder forgives.
    // (367 and 370 are spelled like the good 357 in the published file, so only their HS256 refuses them.)
    private static readonly int[] DecoderTraps = [360, 361, 362, 363, 364, 365, 366, 368, 369, 371, 372, 373, 374, 375];

    [Fact]
    public void Every_RS256_and_ES256_vector_ends_as_published()
    {
        var vectors = Vectors().Where(vector => vector.KeyAlgorithm is VerificationKey.Es256 or VerificationKey.Rs256).ToList();

        Assert.Equal(272, vectors.Count);
        Assert.Empty(vectors.Where(vector => Accepts(vector) != vector.IsValid).Select(vector => vector.Id));
    }

    [Fact]
    public void No_vector_for_another_algorithm_or_use_is_accepted()
    {
        var others = Vectors().Where(vector => vector.KeyAlgorithm is not (VerificationKey.Es256 or VerificationKey.Rs256)).ToList();

        Assert.Equal(401 - 272, others.Count);
        Assert.Empty(others.Where(Accepts).Select(vector => vector.Id));
    }

    [Fact]
    public void What_is_refused_on_purpose_is_refused() =>
        Assert.All(Vectors().Where(vector => RefusedOnPurpose.Contains(vector.Id)), vector => Assert.False(Accepts(vector)));

    [Fact]
    public void Other_spellings_of_base64url_are_refused_before_any_key_is_asked() =>
        Assert.All(Vectors().Where(vector => DecoderTraps.Contains(vector.Id)), vector => Assert.Null(CompactJws.Read(vector.Text!, out _)));

    private static bool Accepts(Vector vector) =>
        vector.Text is not null && CompactJws.Read(vector.Text, out _) is { } jws && VerificationKey.Read(vector.Key) is { } key && key.Verify(jws);

    private static IEnumerable<Vector> Vectors()
    {
        var file = JsonElement.Parse(File.ReadAllBytes(TestKit.Shared.PathOf("checks/jose/json_web_signature_test.json")));
        return
            from set in file.GetProperty("testGroups").EnumerateArray()
            let key = set.TryGetProperty("public", out var half) ? half : set.GetProperty("private")
            from test in set.GetProperty("tests").EnumerateArray()
            select new Vector(test.GetProperty("tcId").GetInt32(), key, key.Text("alg"), test.Text("jws"), test.Text("result") == "valid");
    }

    private sealed record Vector(int Id, JsonElement Key, string? KeyAlgorithm, string? Text, bool IsValid);
}
