using System.Collections.Frozen;
using Kakehashi.Adapters.CodeSystems;
using Npgsql;

namespace Kakehashi.Adapters.Omop;

/// <summary>The concepts a database uses, as codes: one canonical CURIE for each, with its ancestors.</summary>
internal sealed class CdmConcepts(CdmSession session, CodeBook book, IBiobankSink sink, bool conceptIds)
{
    /// <summary>Vocabularies whose codes are codes of the platform; other concepts are OMOP:concept_id.</summary>
    private static readonly FrozenDictionary<string, string> Systems = new Dictionary<string, string>
    {
        ["SNOMED"] = "SNOMED",
        ["ICD10"] = "ICD10",
        ["ICD10CM"] = "ICD10",
        ["LOINC"] = "LOINC",
        ["RxNorm"] = "RxNorm",
        ["NCIt"] = "NCIT",
        ["ATC"] = "ATC",
        ["HPO"] = "HP",
        ["MONDO"] = "MONDO",
    }.ToFrozenDictionary();

    private readonly Dictionary<long, Concept> _known = [];

    public SourceLog AncestorLog { get; } = new("concept_ancestor");

    /// <summary>The canonical CURIE of a concept that was loaded; null for concept 0 and for NULL.</summary>
    public string? CodeOf(long conceptId) => _known.GetValueOrDefault(conceptId)?.Code;

    public string? LabelOf(long conceptId) => _known.GetValueOrDefault(conceptId)?.Label;

    /// <summary>The UCUM unit a unit concept stands for, or null.</summary>
    public string? UnitOf(long conceptId) => _known.GetValueOrDefault(conceptId) is { Vocabulary: "UCUM", SourceCode: { } unit } ? unit : null;

    /// <summary>Loads the concepts of a column and answers their ids.</summary>
    public async Task<IReadOnlyList<long>> LoadAsync(string table, string column, CancellationToken ct)
    {
        var ids = new List<long>();
        await session.ReadAsync(
            $"""
            SELECT used.concept_id, c.vocabulary_id, c.concept_code, c.concept_name
            FROM (SELECT DISTINCT "{column}"::bigint AS concept_id FROM {session.Table(table)} WHERE "{column}" <> 0) used
            LEFT JOIN {session.Table("concept")} c ON c.concept_id = used.concept_id
            ORDER BY used.concept_id, c.concept_code
            """,
            reader =>
            {
                // A concept table with repeated ids is not unheard of: the first code wins.
                if (ids.Count == 0 || ids[^1] != reader.GetInt64(0))
                {
                    ids.Add(reader.GetInt64(0));
                }

                Add(reader);
            },
            ct);
        return ids;
    }

    /// <summary>Declares concepts and everything above them in concept_ancestor.</summary>
    public async Task DeclareAsync(VariableKind kind, IReadOnlyList<long> ids, CancellationToken ct)
    {
        foreach (var id in ids)
        {
            Declare(kind, id);
        }

        if (!session.Has("concept_ancestor"))
        {
            AncestorLog.Warn(Fault.TableAbsent("broader codes"), null);
            return;
        }

        await session.ReadAsync(
            $"""
            SELECT a.ancestor_concept_id::bigint, c.vocabulary_id, c.concept_code, c.concept_name, a.descendant_concept_id::bigint
            FROM {session.Table("concept_ancestor")} a
            LEFT JOIN {session.Table("concept")} c ON c.concept_id = a.ancestor_concept_id
            WHERE a.descendant_concept_id = ANY($1) AND a.ancestor_concept_id <> a.descendant_concept_id
            ORDER BY 1, 5, 3
            """,
            reader =>
            {
                AncestorLog.Row(AncestorLog.Number + 2);
                if (reader.IsDBNull(1))
                {
                    AncestorLog.Note(Fault.AncestorUnknown, "ancestor_concept_id");
                    return;
                }

                Add(reader);
                Declare(kind, reader.GetInt64(0));
                Relate(reader.GetInt64(0), reader.GetInt64(4));
            },
            ct,
            new NpgsqlParameter { Value = ids.ToArray() });
    }

    private void Declare(VariableKind kind, long id)
    {
        var concept = _known[id];
        book.Declare(book.Find(kind, concept.Code) ?? new(kind, concept.Code, concept.Label, null));
        if (conceptIds && Alias(id) is var alias && alias != concept.Code)
        {
            book.Declare(new(kind, alias, concept.Label, null));
            sink.Ancestor(alias, concept.Code);
        }
    }

    private void Relate(long ancestor, long descendant)
    {
        var (above, below) = (_known[ancestor].Code, _known[descendant].Code);
        sink.Ancestor(above, below);
        if (conceptIds && Alias(ancestor) != above)
        {
            sink.Ancestor(Alias(ancestor), below);
        }
    }

    private static string Alias(long id) => $"OMOP:{id}";

    private void Add(NpgsqlDataReader reader)
    {
        var id = reader.GetInt64(0);
        var vocabulary = reader.IsDBNull(1) ? null : reader.GetString(1);
        var code = reader.IsDBNull(2) ? null : reader.GetString(2);
        var label = reader.IsDBNull(3) ? null : reader.GetString(3);
        var curie = vocabulary is not null && code is not null && Systems.TryGetValue(vocabulary, out var system) ? Curie.Of(system, code) : null;
        _known.TryAdd(id, new(curie ?? Alias(id), vocabulary, code, label));
    }

    private sealed record Concept(string Code, string? Vocabulary, string? SourceCode, string? Label);
}
