using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Catalog.Searches;

namespace Kakehashi.Catalog.Tests.Searches;

public sealed class Icd10RulesTests
{
    [Theory]
    [InlineData("ICD10:E11.9", "ICD10:E11", true)]
    [InlineData("ICD10:E11.65", "ICD10:E11.6", true)]
    [InlineData("ICD10:E11", "ICD10:E10-E14", true)]
    [InlineData("ICD10:E14.9", "ICD10:E10-E14", true)]
    [InlineData("ICD10:E10-E14", "ICD10:E00-E90", true)]
    [InlineData("ICD10:E11", "ICD10:E11", true)]
    [InlineData("ICD10:E11", "ICD10:E11.9", false)]
    [InlineData("ICD10:E15", "ICD10:E10-E14", false)]
    [InlineData("ICD10:E00-E90", "ICD10:E10-E14", false)]
    [InlineData("ICD10:E11", "ICD10:E1", false)]
    [InlineData("SNOMED:44054006", "ICD10:E11", false)]
    public void Codes_show_their_hierarchy(string code, string ancestor, bool expected) =>
        Assert.Equal(expected, Icd10Rules.IsWithin(code, ancestor));

    [Fact]
    public void Distance_is_symmetric_and_zero_only_for_the_same() => Prop.ForAll<NonNull<string>, NonNull<string>>((a, b) =>
    {
        var (one, two) = (a.Get[..Math.Min(a.Get.Length, 200)], b.Get[..Math.Min(b.Get.Length, 200)]);
        return Edits.Between(one, two) == Edits.Between(two, one) && Edits.Between(one, two) == 0 == (one == two);
    }).QuickCheckThrowOnFailure();
}
