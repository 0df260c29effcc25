using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Csv;

/// <summary>A condition, drug, biosample, data asset or attribute.</summary>
internal sealed class FactRule : RowRule
{
    private const int MostAttributeValues = 1000;

    private readonly FactMapping _mapping;
    private readonly CodeBook _book;
    private readonly ValueColumn<string>? _column;
    private readonly string? _constant;
    private readonly PourValue<string> _pour;
    private int _attributeValues;

    public FactRule(CsvRows rows, FactMapping mapping, IBiobankSink sink, CodeBook book)
    {
        (_mapping, _book) = (mapping, book);
        _column = ValueColumn<string>.Of(rows, mapping.Value, Accept, shouldVary: mapping.Value.Values is not null);
        _constant = mapping.Value.Constant is { } constant ? Accept(constant).Value : null;
        foreach (var meaning in mapping.Value.Values?.Values.OfType<string>() ?? [])
        {
            Accept(meaning);
        }

        if (mapping.Value.System is { } system)
        {
            book.Hold(mapping.Kind, system);
        }

        _pour = Pour.Into(sink, mapping.Kind, mapping.Attribute);
    }

    public override void Apply(CsvRows rows)
    {
        if (_column is not null)
        {
            _column.ForEach(rows, _pour);
        }
        else if (!_pour(rows.Cell(rows.Id), _constant!))
        {
            rows.Log.Note(Fault.ParticipantUnknown);
        }
    }

    public override void Warn(SourceLog log) => _column?.Warn(log);

    /// <summary>The code in its one written form, declared; asked once for each different text.</summary>
    private Meaning<string> Accept(string text)
    {
        if (_mapping.Attribute is { } name)
        {
            if (++_attributeValues > MostAttributeValues)
            {
                return Meaning<string>.Wrong(Fault.TooManyValues);
            }

            return Declared(text, $"{name}={text}", Codes.IsText(text));
        }

        var code = CodeBook.IsCoded(_mapping.Kind)
            ? _mapping.Value.System is { } system ? Curie.Of(system, text) : Curie.Of(text)
            : text;
        return Declared(code, code, code is not null && Codes.WhyNot(_mapping.Kind, code) is null);
    }

    private Meaning<string> Declared(string? value, string? code, bool valid)
    {
        if (!valid)
        {
            return Meaning<string>.Wrong(Fault.CodeInvalid);
        }

        _book.Declare(_mapping.Kind, code!);
        return Meaning<string>.Of(value!);
    }
}
