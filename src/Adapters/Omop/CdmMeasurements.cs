using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Omop;

/// <summary>
/// Values of the measurement table. A measurement's one unit is that of the configuration's codes, else the UCUM unit
/// most of its rows have; other units are converted to it.
/// </summary>
internal sealed class CdmMeasurements(CdmSession session, CdmConcepts concepts, CodeBook book, MeasuredCodes listed, IBiobankSink sink)
{
    private readonly Dictionary<long, Measured> _codes = [];

    public CdmRows Rows { get; } = new(session, "measurement", "measurement_id", "person_id");

    public async Task DeclareAsync(CancellationToken ct)
    {
        if (!session.Has("measurement"))
        {
            Rows.Log.Warn(Fault.TableAbsent("measurements"), null);
            return;
        }

        var ids = await concepts.LoadAsync("measurement", "measurement_concept_id", ct);
        await concepts.LoadAsync("measurement", "unit_concept_id", ct);
        var units = await MostUsedUnitsAsync(ct);
        foreach (var id in ids)
        {
            var code = concepts.CodeOf(id)!;
            var measured = listed.Find(code)
                ?? (units.TryGetValue(id, out var unit) ? new(code, unit, ListedCodeReader.NoUnits, null, null) : null);
            if (measured is not null)
            {
                const VariableKind Kind = VariableKind.Measurement;
                _codes.Add(id, measured);
                book.Declare(book.Find(Kind, code) ?? new(Kind, code, concepts.LabelOf(id), null, measured.Unit));
            }
        }
    }

    public async Task PourAsync(CancellationToken ct)
    {
        if (session.Has("measurement"))
        {
            await Rows.ForEachAsync(
                Pour, ct, ("measurement_concept_id", "bigint"), ("unit_concept_id", "bigint"), ("value_as_number", "double precision"));
        }
    }

    private void Pour(CdmRows row)
    {
        var concept = row.Number(0);
        if (concept == 0)
        {
            row.Log.Note(Fault.ConceptNone, "measurement_concept_id");
        }
        else if (row.Value(2) is not { } value)
        {
            row.Log.Note(Fault.ValueMissing, "value_as_number");
        }
        else if (concepts.UnitOf(row.Number(1)) is var unit && _codes.GetValueOrDefault(concept)?.From(unit ?? "") is not { } conversion)
        {
            row.Log.Note(unit is null ? Fault.UnitMissing : Fault.UnitUnknown, "unit_concept_id");
        }
        else if (conversion.Apply(value) is var converted && !(double.IsFinite(converted) && _codes[concept].Holds(converted)))
        {
            row.Log.Note(Fault.OutOfBounds, "value_as_number");
        }
        else
        {
            row.Pour((id, code) => sink.Measurement(id, code, converted), _codes[concept].Code);
        }
    }

    private async Task<Dictionary<long, string>> MostUsedUnitsAsync(CancellationToken ct)
    {
        var units = new Dictionary<long, string>();
        await session.ReadAsync(
            $"""
            SELECT measurement_concept_id::bigint, unit_concept_id::bigint
            FROM {session.Table("measurement")}
            WHERE unit_concept_id <> 0 AND value_as_number IS NOT NULL
            GROUP BY 1, 2
            ORDER BY 1, count(*) DESC, 2
            """,
            reader =>
            {
                if (concepts.UnitOf(reader.GetInt64(1)) is { } unit && !reader.IsDBNull(0))
                {
                    units.TryAdd(reader.GetInt64(0), unit);
                }
            },
            ct);
        return units;
    }
}
