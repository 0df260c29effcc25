namespace Kakehashi.Seeds.Tests;

public sealed class ConsentTests(Written written)
{
    private static readonly string[] Words = ["GRU", "HMB", "POA", "MDS", "commercial", "abroad", "recontact"];

    private readonly List<WrittenParticipant> _everybody = [.. written.Biobanks.SelectMany(b => b.Participants)];

    [Fact]
    public void Permissions_are_words_of_the_platform() =>
        Assert.All(_everybody.SelectMany(p => p.Permissions).Distinct(), word =>
            Assert.True(Words.Contains(word) || word.StartsWith("DS:ICD10:", StringComparison.Ordinal), word));

    [Fact]
    public void About_three_in_a_hundred_have_nothing_recorded() =>
        Assert.InRange(Share(p => p.Permissions.Count == 0), 0.025, 0.035);

    [Fact]
    public void Most_permit_general_or_medical_research_and_some_only_a_disease()
    {
        Assert.InRange(Share(p => p.Permissions.Contains("GRU") || p.Permissions.Contains("HMB")), 0.85, 0.95);
        Assert.InRange(Share(p => p.Permissions.Any(x => x.StartsWith("DS:", StringComparison.Ordinal))), 0.03, 0.1);
    }

    [Theory]
    [InlineData("commercial", 0.68, 0.78)]
    [InlineData("abroad", 0.58, 0.69)]
    [InlineData("recontact", 0.63, 0.72)]
    [InlineData("POA", 0.3, 0.45)]
    [InlineData("MDS", 0.5, 0.7)]
    public void Each_further_permission_has_its_share(string word, double few, double many) =>
        Assert.InRange(Share(p => p.Permissions.Contains(word)), few, many);

    [Fact]
    public void Every_research_permission_is_general_medical_or_by_disease() =>
        Assert.All(_everybody.Where(p => p.Permissions.Count > 0), p => Assert.Equal(1, p.Permissions.Select(KindOf).Distinct().Count(k => k is not null)));

    private static string? KindOf(string word) => word is "GRU" or "HMB" ? word : word.StartsWith("DS:", StringComparison.Ordinal) ? "DS" : null;

    private double Share(Func<WrittenParticipant, bool> of) => _everybody.Average(p => of(p) ? 1.0 : 0);
}
