using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Contracts;
using Kakehashi.Node.Disclosure;

namespace Kakehashi.Node.Tests.Disclosure;

public sealed class DisclosureRulesTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Gen<DisclosurePreset> Preset = Gen.Elements(DisclosurePreset.ByName.Values.ToArray());

    private static readonly Gen<long[][]> Table =
        from rows in Gen.Choose(1, 5)
        from columns in Gen.Choose(1, 8)
        from cells in Gen.ListOf(Gen.OneOf(Gen.Choose(0, 12), Gen.Choose(0, 30), Gen.Choose(0, 5000)), rows * columns)
        select Enumerable.Range(0, rows).Select(row => cells.Skip(row * columns).Take(columns).Select(c => (long)c).ToArray()).ToArray();

    [Fact]
    public void A_small_number_is_withheld_and_any_other_is_rounded() => Check.One(Many, Prop.ForAll(
        Gen.Choose(0, 100_000).ToArbitrary(),
        Preset.ToArbitrary(),
        (count, preset) => DisclosureRules.Protect(count, preset) switch
        {
            { Withheld: { } why } => count < preset.Threshold && why == WithheldReasons.BelowThreshold,
            { Value: { } value } => count >= preset.Threshold && value > 0 && value % preset.Rounding == 0 && Math.Abs(value - count) * 2 <= preset.Rounding,
            _ => false,
        }));

    [Fact]
    public void No_line_of_a_table_leaves_one_small_number_to_be_computed() => Check.One(Many, Prop.ForAll(
        Table.ToArbitrary(),
        Preset.ToArbitrary(),
        (table, preset) =>
        {
            var cells = DisclosureRules.Protect(table, preset);
            var lines = Rows(table).Concat(table.Length > 1 ? Columns(table) : []);
            return lines.All(line =>
            {
                var withheld = line.Where(c => cells[c.Row][c.Column].Withheld is not null).ToList();
                return withheld.Count == 0
                    || withheld.Count == line.Count
                    || (withheld.Count > 1 && withheld.Sum(c => table[c.Row][c.Column]) >= preset.Threshold);
            });
        }));

    [Fact]
    public void Cells_are_withheld_with_the_reason_that_is_theirs() => Check.One(Many, Prop.ForAll(
        Table.ToArbitrary(),
        Preset.ToArbitrary(),
        (table, preset) =>
        {
            var cells = DisclosureRules.Protect(table, preset);
            return Rows(table).SelectMany(row => row).All(c => cells[c.Row][c.Column].Withheld switch
            {
                WithheldReasons.BelowThreshold => table[c.Row][c.Column] < preset.Threshold,
                _ => table[c.Row][c.Column] >= preset.Threshold,
            });
        }));

    [Fact]
    public void A_table_of_large_numbers_is_released_whole()
    {
        var cells = DisclosureRules.Protect([[10, 25], [14, 1000]], DisclosurePreset.Standard);

        Assert.Equal([10, 30, 10, 1000], cells.SelectMany(row => row).Select(cell => cell.Value!.Value));
    }

    [Fact]
    public void One_small_cell_takes_its_smallest_neighbours_with_it()
    {
        var cells = DisclosureRules.Protect([[3, 25, 40], [90, 80, 70]], DisclosurePreset.Standard);

        Assert.Equal(WithheldReasons.BelowThreshold, cells[0][0].Withheld);
        Assert.Equal(WithheldReasons.Complementary, cells[0][1].Withheld);
        Assert.Equal(WithheldReasons.Complementary, cells[1][0].Withheld);
        Assert.Equal(WithheldReasons.Complementary, cells[1][1].Withheld);
        Assert.Equal(40, cells[0][2].Value);
    }

    [Theory]
    [InlineData("standard", null, null, true)]
    [InlineData("standard", 15, 20, true)]
    [InlineData("standard", 9, null, false)]
    [InlineData("standard", null, 5, false)]
    [InlineData("standard", null, 15, false)]
    [InlineData("strict", 10, null, false)]
    [InlineData("loose", null, null, false)]
    public void An_owner_can_only_be_stricter_than_the_preset(string preset, int? threshold, int? rounding, bool allowed)
    {
        Assert.Equal(allowed, DisclosurePreset.WhyNot(preset, threshold, rounding) is null);
        if (!allowed)
        {
            Assert.Throws<ArgumentException>(() => DisclosurePreset.Of(preset, threshold, rounding));
        }
    }

    private static List<List<(int Row, int Column)>> Rows(long[][] table) =>
        [.. table.Select((row, r) => row.Select((_, c) => (r, c)).ToList())];

    private static List<List<(int Row, int Column)>> Columns(long[][] table) =>
        [.. table[0].Select((_, c) => table.Select((_, r) => (r, c)).ToList())];
}
