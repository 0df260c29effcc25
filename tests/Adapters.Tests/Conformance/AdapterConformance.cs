using Kakehashi.TestKit;

namespace Kakehashi.Adapters.Tests.Conformance;

/// <summary>
/// What every adapter must do. The subclasses bring the same ten people and the same mistakes in their own data model; a
/// new adapter is done when it passes.
/// </summary>
public abstract class AdapterConformance
{
    protected static string Fixtures => Path.Combine(Shared.RepositoryRoot(), "tests", "Adapters.Tests", "Fixtures");

    /// <summary>Rows that cannot be used: source, column, code and places.</summary>
    protected abstract IEnumerable<string> ExpectedFaults { get; }

    protected abstract Biobank Biobank();

    /// <summary>A picture of the source that changes when anything in it changes.</summary>
    protected abstract Task<string> PictureOfSourceAsync();

    [Fact]
    public async Task The_same_people_come_out_of_every_data_model()
    {
        var outcome = await Outcome.OfAsync(Biobank());

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(Fixtures, "expected.txt"), TestContext.Current.CancellationToken), outcome.Sink.Snapshot());
    }

    [Fact]
    public async Task The_same_codes_and_hierarchy_come_out_of_every_data_model()
    {
        var outcome = await Outcome.OfAsync(Biobank());

        Assert.Equal(
            [
                "Attribute smoking=current", "Attribute smoking=never", "Attribute smoking=past", "Biosample dna", "Biosample plasma", "Biosample serum",
                "Condition ICD10:C00-C75", "Condition ICD10:C00-C97", "Condition ICD10:C00-D48", "Condition ICD10:C50", "Condition ICD10:C50-C50", "Condition ICD10:C50.9",
                "Condition ICD10:E00-E90", "Condition ICD10:E10", "Condition ICD10:E10-E14", "Condition ICD10:E10.1", "Condition ICD10:E11", "Condition ICD10:E11.9",
                "Condition ICD10:F00", "Condition ICD10:F00-F09", "Condition ICD10:F00-F99", "Condition ICD10:I00-I99", "Condition ICD10:I10", "Condition ICD10:I10-I15",
                "Condition ICD10:J00-J99", "Condition ICD10:J40-J47", "Condition ICD10:J45", "Data mri", "Data snp-array", "Data wgs", "Drug RxNorm:1191", "Drug RxNorm:6809",
                "Measurement LOINC:2093-3 mg/dL", "Measurement LOINC:4548-4 %",
            ],
            outcome.Sink.CodeEntries.Values.Select(e => $"{e.Kind} {e.Code} {e.Unit}".TrimEnd()).Order(StringComparer.Ordinal));
        Assert.Equal(
            ["ICD10:E00-E90", "ICD10:E10-E14", "ICD10:E11"],
            outcome.Sink.Ancestors.Where(a => a.Descendant == "ICD10:E11.9").Select(a => a.Ancestor).Order(StringComparer.Ordinal));
        Assert.Equal("ヘモグロビンA1c", outcome.Sink.CodeEntries[(VariableKind.Measurement, "LOINC:4548-4")].LabelJa);
        Assert.Equal("循環器系の疾患", outcome.Sink.CodeEntries[(VariableKind.Condition, "ICD10:I00-I99")].LabelJa);
    }

    [Fact]
    public async Task Kinds_codes_and_participants_come_before_what_needs_them()
    {
        var outcome = await Outcome.OfAsync(Biobank());

        Assert.Empty(outcome.Sink.Breaches);
        Assert.Equal(
            ["Age", "Attribute", "Biosample", "Condition ICD10", "Data", "Drug RxNorm", "Enrolled", "Measurement LOINC", "Sex"],
            outcome.Sink.Held.Select(h => $"{h.Kind} {h.System}".TrimEnd()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_bad_row_is_reported_exactly_once()
    {
        var outcome = await Outcome.OfAsync(Biobank());

        Assert.Equal(
            ExpectedFaults.Order(StringComparer.Ordinal),
            outcome.Report.Faults
                .Select(f => $"{f.Source} {f.Column ?? "-"} {f.Code} {string.Join(',', f.FirstLines)}".TrimEnd())
                .Order(StringComparer.Ordinal));
        Assert.All(outcome.Report.Faults, f => Assert.Equal(f.FirstLines.Count, f.Rows));
        Assert.All(
            outcome.Report.Sources,
            s => Assert.Equal(outcome.Report.Faults.Where(f => f.Source == s.Name).SelectMany(f => f.FirstLines).Distinct().Count(), s.RowsWithFaults));
    }

    [Fact]
    public async Task The_report_holds_no_values()
    {
        var outcome = await Outcome.OfAsync(Biobank());

        var words = new[] { "fun", "9999", "high", "not a code", "Unknown tissue", "1850", "2030" };
        Assert.All(outcome.Report.Faults, f => Assert.All(words, w => Assert.DoesNotContain(w, f.Text, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_second_read_gives_the_same()
    {
        await using var adapter = Biobank().OpenAdapter();
        var (first, second) = (new Collector(), new Collector());

        var one = await adapter.ReadAsync(first, TestContext.Current.CancellationToken);
        var two = await adapter.ReadAsync(second, TestContext.Current.CancellationToken);

        Assert.Equal(first.Snapshot(), second.Snapshot());
        Assert.Equivalent(one, two);
    }

    [Fact]
    public async Task Cancelling_stops_the_read()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await using var adapter = Biobank().OpenAdapter();
        var sink = new Collector();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adapter.ReadAsync(sink, cancelled.Token));

        Assert.Empty(sink.People);
    }

    [Fact]
    public async Task Cancelling_in_the_middle_stops_the_read()
    {
        using var cancelled = new CancellationTokenSource();
        await using var adapter = Biobank().OpenAdapter();
        var sink = new Collector { OnRow = cancelled.Cancel };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adapter.ReadAsync(sink, cancelled.Token));
    }

    [Fact]
    public async Task Reading_leaves_the_source_as_it_was()
    {
        var before = await PictureOfSourceAsync();

        await Outcome.OfAsync(Biobank());

        Assert.Equal(before, await PictureOfSourceAsync());
    }
}
