using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kakehashi.Adapters.Tests.Csv;

/// <summary>Any single corrupted cell is reported, on its own line, also among cells with line breaks in quotes.</summary>
public sealed class CorruptedCellTests : IDisposable
{
    private static readonly (string Column, string Bad, string Code)[] Corruptions =
    [
        ("sex", "Q", "adapter.value-unknown"),
        ("born", "1985-02-30", "adapter.not-a-date"),
        ("born", "\"1880-01-01\"", "adapter.age-out-of-range"),
        ("code", "\"no\ncode\"", "adapter.code-invalid"),
        ("code", "\"E11", "adapter.quotes-broken"),
        ("code", "\"E11\"x", "adapter.quotes-broken"),
        ("code", "E11,E10", "adapter.row-length"),
        ("value", "1O", "adapter.not-a-number"),
        ("value", "NaN", "adapter.not-a-number"),
        ("value", "-5", "adapter.out-of-bounds"),
        ("id", "", "adapter.id-missing"),
        ("note", "\uFFFD", "adapter.undecodable"),
    ];

    private readonly Scratch _scratch = new();

    private sealed record Case(int Rows, int BadRow, int Corruption, string[] Notes);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_single_corrupted_cell_is_reported_on_its_line()
    {
        var cases =
            from rows in Gen.Choose(1, 12)
            from bad in Gen.Choose(0, rows - 1)
            from corruption in Gen.Choose(0, Corruptions.Length - 1)
            from notes in Gen.Elements("", "plain", "\"two\nlines\"", "\"a, \"\"b\"\"\r\nc\"", "日本語").ArrayOf(rows)
            select new Case(rows, bad, corruption, notes);

        Prop.ForAll(cases.ToArbitrary(), IsReported).QuickCheckThrowOnFailure();
    }

    private bool IsReported(Case c)
    {
        var (column, bad, code) = Corruptions[c.Corruption];
        var text = new StringBuilder("id,sex,born,note,code,value\n");
        long line = 2, expected = 0;
        for (var i = 0; i < c.Rows; i++)
        {
            string Cell(string name, string good) => i == c.BadRow && name == column ? bad : good;
            var row = string.Join(
                ',',
                Cell("id", i.ToString(CultureInfo.InvariantCulture)),
                Cell("sex", i % 2 == 0 ? "F" : "M"),
                Cell("born", $"19{60 + i}-01-01"),
                Cell("note", c.Notes[i]),
                Cell("code", "E11.9"),
                Cell("value", $"{20 + i}")) + "\n";
            expected = i == c.BadRow ? line : expected;
            line += row.Count(ch => ch == '\n');
            text.Append(row);
        }

        _scratch.Write("rows.csv", text.ToString());
        var outcome = Outcome.OfAsync(_scratch.Biobank(
            """
            codes:
              - {kind: measurement, code: "LOINC:39156-5", label: BMI, unit: kg/m2, min: 5, max: 200}
            files:
              - path: rows.csv
                id: id
                participant:
                  sex: {column: sex, values: {F: female, M: male}}
                  birth: born
                conditions:
                  - {column: code, system: ICD10}
                measurements:
                  - {code: "LOINC:39156-5", column: value, unit: kg/m2}
            """)).GetAwaiter().GetResult();
        var faults = outcome.Report.Faults.Where(f => f.FirstLines.Count > 0).ToList();
        var rowIsLost = code is "adapter.quotes-broken" or "adapter.row-length" or "adapter.id-missing" or "adapter.undecodable";
        return faults is [{ Rows: 1 } only] && only.Code == code && only.FirstLines.SequenceEqual([expected])
            && outcome.Sink.People.Count == c.Rows - (rowIsLost ? 1 : 0) && outcome.Sink.Breaches.Count == 0;
    }
}
