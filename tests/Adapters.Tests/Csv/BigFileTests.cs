namespace Kakehashi.Adapters.Tests.Csv;

public sealed class BigFileTests : IDisposable
{
    private const int People = 1000;
    private const int Rows = 400_000;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_row_costs_no_memory()
    {
        _scratch.Write("people.csv", "id\n" + string.Concat(Enumerable.Range(0, People).Select(i => $"P{i}\n")));
        await using (var file = new StreamWriter(Path.Combine(_scratch.Folder, "conditions.csv")))
        {
            await file.WriteLineAsync("id,code");
            for (var i = 0; i < Rows; i++)
            {
                await file.WriteLineAsync($"P{i % People},{(char)('A' + (i % 20))}{10 + (i % 80)}.{i % 10}");
            }
        }

        await using var adapter = _scratch.Biobank(
            """
            files:
              - {path: people.csv, id: id, participant: {}}
              - {path: conditions.csv, id: id, conditions: [{column: code, system: ICD10}]}
            """).OpenAdapter();
        var sink = new AllocationSink();

        var report = await adapter.ReadAsync(sink, TestContext.Current.CancellationToken);

        Assert.Equal(Rows, report.Sources[1].Rows);
        Assert.Equal(Rows, sink.Conditions);
        Assert.InRange(sink.BytesBetweenHalfAndEnd, 0, Rows / 10);
    }

    /// <summary>Counts what its thread allocates once all codes have been met.</summary>
    private sealed class AllocationSink : IBiobankSink
    {
        private long _atHalf;

        public int Conditions { get; private set; }

        public long BytesBetweenHalfAndEnd { get; private set; }

        public void Holds(VariableKind kind, string? codeSystem)
        {
        }

        public void Code(CodeEntry entry)
        {
        }

        public void Ancestor(string ancestor, string descendant)
        {
        }

        public bool Participant(ReadOnlySpan<char> id, Sex sex, int? age, DateOnly? enrolled, ReadOnlySpan<char> dataset) => true;

        public bool Permission(ReadOnlySpan<char> id, ReadOnlySpan<char> permission) => true;

        public bool Condition(ReadOnlySpan<char> id, ReadOnlySpan<char> code)
        {
            Conditions++;
            if (Conditions == Rows / 2)
            {
                _atHalf = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (Conditions == Rows)
            {
                BytesBetweenHalfAndEnd = GC.GetAllocatedBytesForCurrentThread() - _atHalf;
            }

            return true;
        }

        public bool Drug(ReadOnlySpan<char> id, ReadOnlySpan<char> code) => true;

        public bool Measurement(ReadOnlySpan<char> id, ReadOnlySpan<char> code, double value) => true;

        public bool Biosample(ReadOnlySpan<char> id, ReadOnlySpan<char> type) => true;

        public bool Data(ReadOnlySpan<char> id, ReadOnlySpan<char> type) => true;

        public bool Attribute(ReadOnlySpan<char> id, ReadOnlySpan<char> name, ReadOnlySpan<char> value) => true;
    }
}
