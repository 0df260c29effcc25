using System.IO.Compression;
using Kakehashi.Adapters.CodeSystems;
using Kakehashi.TestKit;

namespace Kakehashi.Adapters.Tests.CodeSystems;

public sealed class Icd10Tests
{
    [Theory]
    [InlineData("E119", "ICD10:E11.9")]
    [InlineData("e11.9", "ICD10:E11.9")]
    [InlineData(" E11 ", "ICD10:E11")]
    [InlineData("E11.-", "ICD10:E11")]
    [InlineData("G63.2*", "ICD10:G63.2")]
    [InlineData("A17.0+", "ICD10:A17.0")]
    [InlineData("E10-E14", "ICD10:E10-E14")]
    [InlineData("M8000", "ICD10:M80.00")]
    [InlineData("E1", null)]
    [InlineData("11E", null)]
    [InlineData("E11.9 diabetes", null)]
    [InlineData("E10-E99", null)]
    [InlineData("", null)]
    [InlineData("ICD10:E11", null)]
    public void Codes_are_written_in_one_form(string text, string? expected) => Assert.Equal(expected, Icd10.Normalise(text));

    [Theory]
    [InlineData("ICD10:E11.9", "ICD10:E11 ICD10:E10-E14 ICD10:E00-E90")]
    [InlineData("ICD10:E11", "ICD10:E10-E14 ICD10:E00-E90")]
    [InlineData("ICD10:E10-E14", "ICD10:E00-E90")]
    [InlineData("ICD10:E00-E90", "")]
    [InlineData("ICD10:M80.01", "ICD10:M80.0 ICD10:M80 ICD10:M80-M85 ICD10:M80-M94 ICD10:M00-M99")]
    [InlineData("ICD10:C50.9", "ICD10:C50 ICD10:C50-C50 ICD10:C00-C75 ICD10:C00-C97 ICD10:C00-D48")]
    [InlineData("ICD10:X59", "ICD10:X58-X59 ICD10:W00-X59 ICD10:V01-X59 ICD10:V01-Y98")]
    [InlineData("SNOMED:73211009", "")]
    public void Every_level_above_a_code_is_known_nearest_first(string code, string expected) =>
        Assert.Equal(expected, string.Join(' ', Icd10.AncestorsOf(code)));

    [Fact]
    public void Chapters_are_twenty_two_with_labels_in_both_languages()
    {
        var chapters = Icd10Table.All.Where(r => !Icd10Table.Containing(r.Curie[6..]).Any()).ToList();

        Assert.Equal(22, chapters.Count);
        Assert.All(chapters, c => Assert.False(string.IsNullOrEmpty(c.LabelJa)));
        Assert.All(Icd10Table.All.Except(chapters), b => Assert.Null(b.LabelJa));
    }

    [Fact]
    public void Ranges_are_nested_or_apart_and_never_overlap()
    {
        foreach (var a in Icd10Table.All)
        {
            foreach (var b in Icd10Table.All)
            {
                var apart = string.CompareOrdinal(a.To, b.From) < 0 || string.CompareOrdinal(b.To, a.From) < 0;
                var inside = string.CompareOrdinal(a.From, b.From) >= 0 && string.CompareOrdinal(a.To, b.To) <= 0;
                var around = string.CompareOrdinal(a.From, b.From) <= 0 && string.CompareOrdinal(a.To, b.To) >= 0;
                Assert.True(apart || inside || around, $"{a.Curie} {b.Curie}");
            }
        }
    }

    [Fact]
    public async Task Every_category_of_a_published_list_is_in_a_block_except_american_additions()
    {
        await using var file = File.OpenRead(Shared.PathOf("data/cineca-1000g/icd_codes.csv.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        var categories = text.Split('\n').Skip(1)
            .Select(line => Icd10.Normalise(line.Split(',')[0].Trim('"').AsSpan()))
            .OfType<string>()
            .Select(code => code["ICD10:".Length..][..3])
            .Distinct()
            .ToList();

        var outside = categories.Where(c => Icd10.AncestorsOf($"ICD10:{c}").Count() < 2).Order(StringComparer.Ordinal).ToList();

        Assert.InRange(categories.Count, 1500, 2500);
        Assert.Equal(
            "B10 D49 D78 E08 E09 E36 G65 G89 I16 K68 K94 K95 L49 L76 M26 M27 N52 N53 N65 O09 O76 O77 O9A P09 P19 P84 V00 Y37 Y38 Y99 "
            + "Z14 Z15 Z16 Z17 Z18 Z19 Z3A Z66 Z67 Z68 Z69 Z77 Z78 Z79",
            string.Join(' ', outside));
    }
}
