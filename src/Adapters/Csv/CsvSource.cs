using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Csv;

/// <summary>One file of the mapping with the rules for its rows.</summary>
internal sealed class CsvSource
{
    private readonly CsvRows _rows;
    private readonly IBiobankSink _sink;
    private readonly ParticipantRule? _participant;
    private readonly List<RowRule> _rules;
    private readonly RowSet _rejected = new();

    public CsvSource(
        CsvFile file, CsvRows rows, Biobank biobank, IBiobankSink sink, CodeBook book, MeasuredCodes measured, SourceProblems problems)
    {
        (_rows, _sink) = (rows, sink);
        _participant = file.Participant is { } participant ? new(rows, participant, file.Dialect, biobank, book) : null;
        _rules =
        [
            .. file.Facts.Select(fact => new FactRule(rows, fact, sink, book)),
            .. file.Measurements.Select(m => new MeasurementRule(rows, m, sink, measured, problems)),
        ];
    }

    public void PourParticipants(CancellationToken ct)
    {
        if (_participant is not null)
        {
            _rows.ForEach(
                rows =>
                {
                    if (!_participant.Apply(rows, _sink))
                    {
                        _rejected.Add(rows.Log.Number);
                    }
                },
                first: true,
                ct);
        }
    }

    /// <summary>Pours the facts, except of rows that failed to be participants: those are in the report already.</summary>
    public void PourFacts(CancellationToken ct)
    {
        if (_rules.Count > 0 || _participant is null)
        {
            _rows.ForEach(Apply, first: _participant is null, ct);
        }
    }

    public void Warn()
    {
        _participant?.Warn(_rows.Log);
        _rules.ForEach(rule => rule.Warn(_rows.Log));
        _rows.Warn();
    }

    private void Apply(CsvRows rows)
    {
        if (_rejected.Contains(rows.Log.Number))
        {
            return;
        }

        foreach (var rule in _rules)
        {
            rule.Apply(rows);
        }
    }
}
