using System.Globalization;
using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Csv;

/// <summary>Makes a participant of a row.</summary>
internal sealed class ParticipantRule
{
    private readonly ParticipantMapping _mapping;
    private readonly Biobank _biobank;
    private readonly CodeBook _book;
    private readonly AgeColumns _age;
    private readonly ColumnUse? _enrolled;
    private readonly ValueColumn<Sex>? _sex;
    private readonly ValueColumn<string>? _dataset;
    private readonly ValueColumn<string>? _permissions;
    private readonly string _dates;

    public ParticipantRule(CsvRows rows, ParticipantMapping mapping, CsvDialect dialect, Biobank biobank, CodeBook book)
    {
        (_mapping, _biobank, _book, _dates) = (mapping, biobank, book, dialect.Dates);
        _age = new(rows, mapping, dialect, biobank.DataDate);
        _enrolled = mapping.Enrolled is { } enrolled ? rows.Use(enrolled, shouldVary: true) : null;
        _sex = ValueColumn<Sex>.Of(rows, mapping.Sex, SexOf, shouldVary: true);
        _dataset = ValueColumn<string>.Of(rows, mapping.Dataset, DatasetOf);
        _permissions = ValueColumn<string>.Of(rows, mapping.PermissionColumn, PermissionOf);
    }

    /// <summary>False when the row does not become a participant; the reason is noted.</summary>
    public bool Apply(CsvRows rows, IBiobankSink sink)
    {
        var dataset = Dataset(rows);
        if (dataset is null)
        {
            return false;
        }

        var sex = _sex?.One(rows) ?? default;
        var age = _age.Read(rows);
        var enrolled = Enrolled(rows);
        Hold(sex, age, enrolled);
        var id = rows.Cell(rows.Id);
        if (!sink.Participant(id, sex.Value, age, enrolled, dataset))
        {
            rows.Log.Note(Fault.ParticipantRepeated);
            return false;
        }

        foreach (var permission in _mapping.Permissions)
        {
            sink.Permission(id, permission);
        }

        _permissions?.ForEach(rows, (id, permission) => sink.Permission(id, permission));
        return true;
    }

    public void Warn(SourceLog log)
    {
        _sex?.Warn(log);
        _dataset?.Warn(log);
        _permissions?.Warn(log);
    }

    /// <summary>A variable is held once somebody has it: a column that is empty throughout holds nothing.</summary>
    private void Hold(Meaning<Sex> sex, int? age, DateOnly? enrolled)
    {
        if (sex.Says && sex.Value != Sex.Unknown)
        {
            _book.Hold(VariableKind.Sex);
        }

        if (age is not null)
        {
            _book.Hold(VariableKind.Age);
        }

        if (enrolled is not null)
        {
            _book.Hold(VariableKind.Enrolled);
        }
    }

    private string? Dataset(CsvRows rows)
    {
        if (_dataset is null)
        {
            return _mapping.Dataset.Constant;
        }

        var meaning = _dataset.Peek(rows);
        if (!meaning.Says)
        {
            rows.Log.Note(Fault.DatasetUnknown, _dataset.Name);
        }

        return meaning.Value;
    }

    private DateOnly? Enrolled(CsvRows rows)
    {
        if (_enrolled is null || rows.Cell(_enrolled) is not { IsEmpty: false } cell)
        {
            return null;
        }

        if (!DateOnly.TryParseExact(cell, _dates, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            rows.Log.Note(Fault.NotADate, _enrolled.Name);
            return null;
        }

        if (day > _biobank.DataDate)
        {
            rows.Log.Note(Fault.DateInFuture, _enrolled.Name);
            return null;
        }

        return day;
    }

    private static Meaning<Sex> SexOf(string text) => text switch
    {
        "female" => Meaning<Sex>.Of(Sex.Female),
        "male" => Meaning<Sex>.Of(Sex.Male),
        "other" => Meaning<Sex>.Of(Sex.Other),
        "unknown" => Meaning<Sex>.Of(Sex.Unknown),
        _ => Meaning<Sex>.Wrong(Fault.SexUnknown),
    };

    private Meaning<string> DatasetOf(string text) =>
        _biobank.Datasets.Any(d => d.Id == text) ? Meaning<string>.Of(text) : Meaning<string>.Wrong(Fault.DatasetUnknown);

    private static Meaning<string> PermissionOf(string text) =>
        Permission.IsValid(text) ? Meaning<string>.Of(text) : Meaning<string>.Wrong(Fault.PermissionUnknown);
}
