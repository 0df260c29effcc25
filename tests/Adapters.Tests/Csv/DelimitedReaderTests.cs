using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Adapters.Csv;

namespace Kakehashi.Adapters.Tests.Csv;

public sealed class DelimitedReaderTests
{
    private static readonly Gen<string> Cells = Gen.Elements("", "a", "\"", "\"\"", ",", "\n", "\r\n", "\r", " ", "日本", "12.5", "x\"y", ";", "\t", "NA")
        .ArrayOf().Select(parts => string.Concat(parts.Take(4)));

    private static readonly Gen<string[][]> Tables =
        from width in Gen.Choose(2, 5)
        from height in Gen.Choose(1, 8)
        from rows in Cells.ArrayOf(width).ArrayOf(height)
        select rows;

    private static readonly Gen<Written> Files =
        from rows in Tables
        from quoteAll in Gen.Elements(true, false)
        from lineBreak in Gen.Elements("\n", "\r\n", "\r")
        from finalBreak in Gen.Elements(true, false)
        from buffer in Gen.Choose(1, 40)
        select new Written(rows, quoteAll, lineBreak, finalBreak, buffer);

    [Fact]
    public void Whatever_is_written_with_quotes_reads_back()
    {
        Prop.ForAll(Files.ToArbitrary(), file =>
        {
            var read = ReadAll(file.Text, ',', '"', file.Buffer);
            return read.Select(r => r.Cells).SequenceEqual(file.Rows, Comparer) && read.All(r => !r.Fault);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_record_is_on_the_line_where_it_begins()
    {
        Prop.ForAll(Files.ToArbitrary(), file =>
            ReadAll(file.Text, ',', '"', file.Buffer).Select(r => r.Line).SequenceEqual(file.Lines)).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("a,\"b\nc,d\n", "1! a|\"b / 2 c|d")]
    [InlineData("a,\"b\"x\nc,d", "1! a|\"b\"x / 2 c|d")]
    [InlineData("a,\"b,c\nd,\"e\",f\ng,h", "1! a|\"b|c / 2 d|e|f / 3 g|h")]
    public void Broken_quotes_spoil_their_own_line_only(string text, string expected) => Assert.Equal(expected, Describe(text, ',', '"'));

    [Theory]
    [InlineData("a,b\n\n\nc,d\n", "1 a|b / 4 c|d")]
    [InlineData("a,b\r\n\r\nc,d", "1 a|b / 3 c|d")]
    [InlineData("a,\n,b", "1 a| / 2 |b")]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    public void Empty_lines_are_passed_over_and_counted(string text, string expected) => Assert.Equal(expected, Describe(text, ',', '"'));

    [Fact]
    public void Without_quoting_a_quote_is_a_character() => Assert.Equal("1 \"a|b\" / 2 c|d", Describe("\"a\tb\"\nc\td", '\t', null));

    [Fact]
    public void A_line_that_never_ends_is_refused() =>
        Assert.Throws<InvalidDataException>(() => Describe(new string('x', 3_000_000), ',', '"'));

    [Fact]
    public void A_quote_that_is_never_closed_does_not_swallow_a_long_file()
    {
        var text = "a,\"b\n" + string.Concat(Enumerable.Repeat("c,d\n", 400_000));

        var read = ReadAll(text, ',', '"', 1 << 16);

        Assert.Equal(400_001, read.Count);
        Assert.True(read[0].Fault);
        Assert.DoesNotContain(read.Skip(1), r => r.Fault);
    }

    private static IEqualityComparer<string[]> Comparer { get; } =
        EqualityComparer<string[]>.Create((a, b) => a!.SequenceEqual(b!), a => a.Length);

    private static string Describe(string text, char delimiter, char? quote) => string.Join(
        " / ",
        ReadAll(text, delimiter, quote, 3).Select(r => $"{r.Line}{(r.Fault ? "!" : "")} {string.Join('|', r.Cells)}"));

    private static List<(string[] Cells, long Line, bool Fault)> ReadAll(string text, char delimiter, char? quote, int buffer)
    {
        var rows = new List<(string[], long, bool)>();
        using var reader = new DelimitedReader(new StringReader(text), delimiter, quote, buffer);
        while (reader.Read())
        {
            rows.Add(([.. Enumerable.Range(0, reader.Count).Select(i => reader[i].ToString())], reader.Line, reader.Fault));
        }

        return rows;
    }

    /// <summary>Rows and how they are written down.</summary>
    private sealed record Written(string[][] Rows, bool QuoteAll, string LineBreak, bool FinalBreak, int Buffer)
    {
        private IEnumerable<string> Records => Rows.Select(row => string.Join(',', row.Select(Quoted)));

        public string Text => string.Join(LineBreak, Records) + (FinalBreak ? LineBreak : "");

        public IEnumerable<long> Lines
        {
            get
            {
                var line = 1L;
                foreach (var record in Records)
                {
                    yield return line;
                    line += 1 + record.Replace("\r\n", "\n", StringComparison.Ordinal).Count(c => c is '\n' or '\r');
                }
            }
        }

        public override string ToString() => Text.Replace("\r", "<CR>", StringComparison.Ordinal).Replace("\n", "<LF>", StringComparison.Ordinal);

        private string Quoted(string cell) => QuoteAll || cell.AsSpan().ContainsAny("\",\r\n")
            ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : cell;
    }
}
