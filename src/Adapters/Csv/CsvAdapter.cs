using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Csv;

/// <summary>
/// Reads delimited files. Files with participants are gone through twice when they also hold facts: first all
/// participants of all files, then all facts.
/// </summary>
internal sealed class CsvAdapter(Biobank biobank, CsvMapping mapping) : IBiobankAdapter
{
    // Reading files is synchronous work with spans, so it has a thread of its own.
    public Task<LoadReport> ReadAsync(IBiobankSink sink, CancellationToken ct) => Task.Run(() => Read(sink, ct), ct);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private LoadReport Read(IBiobankSink sink, CancellationToken ct)
    {
        var problems = new SourceProblems();
        var logs = new List<SourceLog>();
        var codes = ReadCodes(problems, logs);
        var book = new CodeBook(sink, codes.Select(c => c.Entry));
        var measured = new MeasuredCodes(codes);

        var rows = mapping.Files.Select(file => new CsvRows(file, problems, ct)).ToList();
        problems.ThrowIfAny();
        book.DeclareListed();
        var sources = mapping.Files.Zip(rows, (file, r) => new CsvSource(file, r, biobank, sink, book, measured, problems)).ToList();
        problems.ThrowIfAny();

        sources.ForEach(source => source.PourParticipants(ct));
        sources.ForEach(source => source.PourFacts(ct));
        sources.ForEach(source => source.Warn());
        logs.AddRange(rows.SelectMany(r => r.JoinLogs.Prepend(r.Log)));
        return new([.. logs.Select(log => log.Source)], [.. logs.SelectMany(log => log.AllFaults)]);
    }

    private List<ListedCode> ReadCodes(SourceProblems problems, List<SourceLog> logs)
    {
        var codes = new Dictionary<(VariableKind, string), ListedCode>();
        foreach (var code in mapping.Codes.Where(code => !codes.TryAdd((code.Entry.Kind, code.Entry.Code), code)))
        {
            problems.Add("adapter.configuration", $"{code.Entry.Code} is listed twice in codes");
        }

        foreach (var list in mapping.Lists)
        {
            logs.Add(new(list.Name));
            CodeListReader.Read(list, codes, logs[^1], problems);
        }

        return [.. codes.Values];
    }
}
