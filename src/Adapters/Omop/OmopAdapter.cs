using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Omop;

/// <summary>
/// Reads an OMOP CDM 5.3 or 5.4 database in PostgreSQL. Only person and concept must be there; a kind whose table is
/// absent is not held, and the report says so.
/// </summary>
internal sealed class OmopAdapter(Biobank biobank, OmopMapping mapping) : IBiobankAdapter
{
    private static readonly string[] Required = ["person", "concept"];

    public async Task<LoadReport> ReadAsync(IBiobankSink sink, CancellationToken ct)
    {
        await using var session = await CdmSession.OpenAsync(mapping, ct);
        var book = new CodeBook(sink, mapping.Codes.Select(c => c.Entry));
        var concepts = new CdmConcepts(session, book, sink, mapping.ConceptIds);
        var persons = new CdmPersons(session, biobank, mapping, sink, book);
        var measurements = new CdmMeasurements(session, concepts, book, new(mapping.Codes), sink);
        var conditionTable = Present(session, mapping.Conditions, "condition_era", "condition_occurrence");
        var drugTable = Present(session, mapping.Drugs, "drug_era", "drug_exposure");
        var conditions = new CdmCodes(session, concepts, VariableKind.Condition, conditionTable, "conditions");
        var drugs = new CdmCodes(session, concepts, VariableKind.Drug, drugTable, "drugs");
        var specimens = new CdmCodes(session, concepts, VariableKind.Biosample, "specimen", "biosamples");
        var own = mapping.Tables.Select(table => new CdmOwnTable(session, table, book, sink)).ToList();
        Check(session, own);

        book.DeclareListed();
        await conditions.DeclareAsync(book, null, ct);
        await drugs.DeclareAsync(book, null, ct);
        await specimens.DeclareAsync(book, code => SpecimenTypes.Of(code, mapping.Specimens), ct);
        await measurements.DeclareAsync(ct);

        await persons.PourAsync(ct);
        foreach (var table in own)
        {
            await table.PourAsync(ct);
        }

        await conditions.PourAsync(sink, ct);
        await drugs.PourAsync(sink, ct);
        await specimens.PourAsync(sink, ct);
        await measurements.PourAsync(ct);

        var logs = new[] { persons.Persons, persons.Periods, conditions.Rows, drugs.Rows, specimens.Rows, measurements.Rows }
            .Concat(own.Select(t => t.Rows))
            .Select(rows => rows.Log)
            .Append(concepts.AncestorLog)
            .ToList();
        return new([.. logs.Select(log => log.Source)], [.. logs.SelectMany(log => log.AllFaults)]);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The preferred table where it is there, else the other.</summary>
    private static string Present(CdmSession session, string preferred, params string[] tables) =>
        tables.OrderBy(t => t != preferred).FirstOrDefault(session.Has) ?? preferred;

    private static void Check(CdmSession session, IEnumerable<CdmOwnTable> own)
    {
        var problems = new SourceProblems();
        foreach (var table in Required.Where(t => !session.Has(t)))
        {
            problems.Missing("adapter.table-missing", "table", table, session.Tables);
        }

        foreach (var table in own)
        {
            table.Check(problems);
        }

        problems.ThrowIfAny();
    }
}
