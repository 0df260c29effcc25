using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Omop;

/// <summary>Rows of a table that say one code of one person: conditions, drugs, specimens.</summary>
internal sealed class CdmCodes(CdmSession session, CdmConcepts concepts, VariableKind kind, string table, string what)
{
    private readonly string _concept = ConceptColumns.GetValueOrDefault(table, $"{table}_concept_id");
    private readonly Dictionary<long, string> _meanings = [];

    private static readonly Dictionary<string, string> ConceptColumns = new()
    {
        ["condition_era"] = "condition_concept_id",
        ["condition_occurrence"] = "condition_concept_id",
        ["drug_era"] = "drug_concept_id",
        ["drug_exposure"] = "drug_concept_id",
    };

    public CdmRows Rows { get; } = new(session, table, $"{table}_id", "person_id");

    /// <summary>Loads and declares the codes in use. <paramref name="types"/> turns a code into a biosample type.</summary>
    public async Task DeclareAsync(CodeBook book, Func<string, string?>? types, CancellationToken ct)
    {
        if (!session.Has(table))
        {
            Rows.Log.Warn(Fault.TableAbsent(what), null);
            return;
        }

        var ids = await concepts.LoadAsync(table, _concept, ct);
        foreach (var id in ids)
        {
            var code = concepts.CodeOf(id)!;
            if ((types is null ? code : types(code)) is { } meaning)
            {
                _meanings.Add(id, meaning);
            }
        }

        if (types is null)
        {
            await concepts.DeclareAsync(kind, ids, ct);
            return;
        }

        foreach (var meaning in _meanings.Values)
        {
            book.Declare(kind, meaning);
        }
    }

    public async Task PourAsync(IBiobankSink sink, CancellationToken ct)
    {
        if (!session.Has(table))
        {
            return;
        }

        var pour = Adapters.Pour.Into(sink, kind);
        await Rows.ForEachAsync(
            row =>
            {
                var concept = row.Number(0);
                if (_meanings.TryGetValue(concept, out var meaning))
                {
                    row.Pour(pour, meaning);
                }
                else
                {
                    row.Log.Note(concept == 0 ? Fault.ConceptNone : Fault.SpecimenUnknown, _concept);
                }
            },
            ct,
            (_concept, "bigint"));
    }
}
