using System.Globalization;
using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Csv;

/// <summary>A measured value, poured in the unit its code declares.</summary>
internal sealed class MeasurementRule : RowRule
{
    private readonly MeasurementMapping _mapping;
    private readonly MeasuredCodes _codes;
    private readonly IBiobankSink _sink;
    private readonly ValueColumn<Measured>? _codeColumn;
    private readonly ValueColumn<string>? _unitColumn;
    private readonly Measured? _constant;
    private readonly ColumnUse _value;

    public MeasurementRule(CsvRows rows, MeasurementMapping mapping, IBiobankSink sink, MeasuredCodes codes, SourceProblems problems)
    {
        (_mapping, _codes, _sink) = (mapping, codes, sink);
        _value = rows.Use(mapping.Column, shouldVary: true);
        _codeColumn = ValueColumn<Measured>.Of(rows, mapping.Code, CodeOf);
        _unitColumn = ValueColumn<string>.Of(rows, new(mapping.UnitColumn), Meaning<string>.Of);
        if (mapping.Code.Constant is { } code)
        {
            _constant = codes.Find(code);
            if (_constant is null)
            {
                problems.Add(Fault.CodeUnlisted.Code, $"{rows.Log.Name}: {code} is not in codes, so its unit is unknown");
            }
            else if (mapping.Unit is { } unit && _constant.From(unit) is null)
            {
                problems.Add(Fault.UnitUnknown.Code, $"{rows.Log.Name}: {code} is in {_constant.Unit}; add to its units how {unit} converts");
            }
        }
    }

    public override void Apply(CsvRows rows)
    {
        var cell = rows.Cell(_value);
        if (cell.IsEmpty)
        {
            return;
        }

        if ((_constant ?? _codeColumn!.One(rows).Value) is not { } code)
        {
            return;
        }

        if (WhyNot(rows, cell, code, out var value) is { } fault)
        {
            rows.Log.Note(fault, _value.Name);
        }
        else if (!_sink.Measurement(rows.Cell(rows.Id), code.Code, value))
        {
            rows.Log.Note(Fault.ParticipantUnknown);
        }
    }

    public override void Warn(SourceLog log) => _codeColumn?.Warn(log);

    private Fault? WhyNot(CsvRows rows, ReadOnlySpan<char> cell, Measured code, out double value)
    {
        value = 0;
        var unit = _unitColumn is null ? _mapping.Unit : _unitColumn.Peek(rows).Value;
        if (unit is null)
        {
            return Fault.UnitMissing;
        }

        if (code.From(unit) is not { } conversion)
        {
            return Fault.UnitUnknown;
        }

        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out value) || !double.IsFinite(value))
        {
            return Fault.NotANumber;
        }

        value = conversion.Apply(value);
        return code.Holds(value) ? null : Fault.OutOfBounds;
    }

    private Meaning<Measured> CodeOf(string text)
    {
        var curie = _mapping.Code.System is { } system ? Curie.Of(system, text) : Curie.Of(text);
        return curie is null ? Meaning<Measured>.Wrong(Fault.CodeInvalid)
            : _codes.Find(curie) is { } code ? Meaning<Measured>.Of(code)
            : Meaning<Measured>.Wrong(Fault.CodeUnlisted);
    }
}
