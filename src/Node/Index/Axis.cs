using System.Globalization;
using Kakehashi.Adapters;

namespace Kakehashi.Node.Index;

/// <summary>One category of a breakdown: its name, what its members satisfy, and the values [From, To) it stands for, if it does.</summary>
public sealed record Category(string Key, Operand[] Operands, (double From, double To)? Range = null);

/// <summary>
/// A variable to break a count down by: <c>sex</c>, <c>age</c> (bands of ten years), <c>enrolled</c> (by year),
/// <c>dataset</c>, <c>biosample</c>, <c>data</c>, an attribute's name, a condition's or drug's CURIE (yes, no), or
/// <c>CURIE step N</c> for a measurement in bands of N units.
/// </summary>
public sealed record Axis(string Name, IReadOnlyList<Category> Categories)
{
    private const int BandYears = 10;
    private const int MostBands = 60;
    private const string Step = " step ";

    /// <summary>Null when the biobank does not hold the variable.</summary>
    public static Axis? Of(string name, CohortIndex index)
    {
        var categories = name switch
        {
            "sex" => [.. SexCodes.All.Select(sex => OfTerm(index, new(VariableKind.Sex, sex), sex)).OfType<Category>()],
            "age" => Ages(index),
            "enrolled" => Years(index),
            "dataset" => [.. index.Datasets.OrderBy(d => d.Key, StringComparer.Ordinal).Select(d => new Category(d.Key, [Dense(index, d.Value)]))],
            "biosample" => Types(index, VariableKind.Biosample),
            "data" => Types(index, VariableKind.Data),
            _ when name.Contains(Step, StringComparison.Ordinal) => Bands(index, name),
            _ when name.Contains(':', StringComparison.Ordinal) => YesNo(index, name),
            _ => Values(index, name),
        };
        return categories.Count == 0 ? null : new(name, categories);
    }

    private static List<Category> Ages(CohortIndex index)
    {
        var younger = index.YoungerThan;
        var last = younger.Length - 1;
        var bands = new List<Category>();
        for (var from = 0; from < last; from += BandYears)
        {
            var to = Math.Min(from + BandYears, last);
            bands.Add(new(Invariant($"{from}-{from + BandYears - 1}"), [new(younger[to], false), new(younger[from], true)], (from, from + BandYears)));
        }

        if (Bitmap.Count(younger[last]) < index.Participants)
        {
            bands.Add(new("unknown", [new(younger[last], true)]));
        }

        return bands;
    }

    private static List<Category> Years(CohortIndex index) =>
        index.Enrolled.Values.IsEmpty ? [] : Slices(
            index,
            index.Enrolled,
            [.. Enumerable.Range(YearOf(index.Enrolled.Values[0]), YearOf(index.Enrolled.Values[^1]) - YearOf(index.Enrolled.Values[0]) + 1)
                .Select(year => (Key: Invariant($"{year}"), From: DayOf(year), To: DayOf(year + 1)))]);

    private static List<Category> Bands(CohortIndex index, string name)
    {
        var parts = name.Split(Step, 2);
        if (!index.Measurements.TryGetValue(parts[0], out var column) || column.Values.IsEmpty
            || !decimal.TryParse(parts[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var step) || step <= 0)
        {
            return [];
        }

        // The middle 98 % of values, as the catalogue shows them: the extreme values of single people are nobody's business.
        var first = Math.Floor((decimal)column.Quantile(0.01) / step);
        var bands = Math.Min(MostBands, (int)(Math.Floor((decimal)column.Quantile(0.99) / step) - first) + 1);
        return Slices(index, column, [.. Enumerable.Range(0, bands).Select(band =>
        {
            var (from, to) = ((first + band) * step, (first + band + 1) * step);
            return (Invariant($"{from:G29}-<{to:G29}"), (double)from, (double)to);
        })]);
    }

    private static List<Category> Slices(
        CohortIndex index, RangeColumn column, IReadOnlyList<(string Key, double From, double To)> slices) =>
        [.. slices.Select(slice =>
            new Category(
            slice.Key,
            [Dense(index, ParticipantSet.FromIds(column.Between(slice.From, slice.To), index.Participants))],
            (slice.From, slice.To)))];

    private static List<Category> Types(CohortIndex index, VariableKind kind) =>
        [.. index.Sets.Keys.Where(term => term.Kind == kind).Select(term => term.Code).Order(StringComparer.Ordinal)
            .Select(code => OfTerm(index, new(kind, code), code)).OfType<Category>()];

    private static List<Category> Values(CohortIndex index, string attribute) =>
        [.. index.Sets.Keys
            .Where(term => term.Kind == VariableKind.Attribute && term.Code.StartsWith($"{attribute}=", StringComparison.Ordinal))
            .Select(term => term.Code).Order(StringComparer.Ordinal)
            .Select(code => OfTerm(index, new(VariableKind.Attribute, code), code[(attribute.Length + 1)..])).OfType<Category>()];

    private static List<Category> YesNo(CohortIndex index, string code)
    {
        var yes = OfTerm(index, new(VariableKind.Condition, code), "yes") ?? OfTerm(index, new(VariableKind.Drug, code), "yes");
        return yes is null ? [] : [yes, new("no", [new(yes.Operands[0].Words, Negated: true)])];
    }

    private static Category? OfTerm(CohortIndex index, Term term, string key) =>
        index.Sets.TryGetValue(term, out var set) ? new(key, [Dense(index, set)]) : null;

    private static Operand Dense(CohortIndex index, ParticipantSet set)
    {
        if (set.Words is { } words)
        {
            return new(words, Negated: false);
        }

        var dense = new ulong[ParticipantSet.WordsFor(index.Participants)];
        set.OrInto(dense);
        return new(dense, Negated: false);
    }

    private static int YearOf(double day) => DateOnly.FromDayNumber((int)day).Year;

    private static double DayOf(int year) => new DateOnly(Math.Min(year, 9999), 1, 1).DayNumber;

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
