using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Tests.CodeSystems;

public sealed class UcumTests
{
    private static readonly string[] Units =
        ["g/L", "g/dL", "mg/dL", "mg/L", "mmol/L", "umol/L", "10*9/L", "10*3/uL", "/uL", "U/L", "mm[Hg]", "kPa", "cm", "m", "kg", "g", "%", "1", "/min", "furlong"];

    [Theory]
    [InlineData(2, "g/L", "mg/dL", 200)]
    [InlineData(180, "cm", "m", 1.8)]
    [InlineData(16, "kPa", "mm[Hg]", 120.009869)]
    [InlineData(250, "10*3/uL", "10*9/L", 250)]
    [InlineData(25, "10*4/uL", "10*9/L", 250)]
    public void Values_convert_within_a_dimension(double value, string from, string to, double expected) =>
        Assert.Equal(expected, Ucum.Between(from, to)!.Apply(value), 5);

    [Theory]
    [InlineData("mmol/L", "mg/dL")]
    [InlineData("mg/dl", "mg/dL")]
    [InlineData("kg", "cm")]
    [InlineData("furlong", "m")]
    public void Units_of_two_dimensions_or_unknown_ones_do_not_convert(string from, string to) => Assert.Null(Ucum.Between(from, to));

    [Fact]
    public void There_and_back_again_is_the_same_value() =>
        Prop.ForAll(Gen.Elements(Units).ArrayOf(2).ToArbitrary(), Gen.Choose(1, 100_000).ToArbitrary(), (units, value) =>
        {
            var (there, back) = (Ucum.Between(units[0], units[1]), Ucum.Between(units[1], units[0]));
            return there is null ? back is null : Math.Abs(back!.Apply(there.Apply(value)) - value) < 1e-9 * value;
        }).QuickCheckThrowOnFailure();
}
