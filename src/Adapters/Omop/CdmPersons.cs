using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Omop;

/// <summary>Makes participants of person, enrolled on the first day of their observation periods.</summary>
internal sealed class CdmPersons(CdmSession session, Biobank biobank, OmopMapping mapping, IBiobankSink sink, CodeBook book)
{
    private const long Male = 8507;
    private const long Female = 8532;
    private const long OtherSex = 8521;

    public CdmRows Persons { get; } = new(session, "person", null, "person_id");

    public CdmRows Periods { get; } = new(session, "observation_period", "observation_period_id", "person_id");

    public async Task PourAsync(CancellationToken ct)
    {
        var firstDays = new Dictionary<long, DateOnly>();
        if (session.Has("observation_period"))
        {
            await Periods.ForEachAsync(row => KeepFirst(firstDays, row), ct, ("observation_period_start_date", "date"));
        }
        else
        {
            Periods.Log.Warn(Fault.TableAbsent("days of enrolment"), null);
        }

        await Persons.ForEachAsync(
            row => Pour(row, firstDays),
            ct,
            ("gender_concept_id", "bigint"), ("year_of_birth", "bigint"), ("month_of_birth", "bigint"), ("day_of_birth", "bigint"));

        // What is left belongs to nobody in person.
        if (firstDays.Count > 0)
        {
            Periods.Log.Rewind();
            await Periods.ForEachAsync(row => NoteUnknown(firstDays, row), ct);
        }
    }

    private void KeepFirst(Dictionary<long, DateOnly> firstDays, CdmRows row)
    {
        if (row.Day(0) is not { } day)
        {
            row.Log.Note(Fault.NotADate, "observation_period_start_date");
        }
        else if (day > biobank.DataDate)
        {
            row.Log.Note(Fault.DateInFuture, "observation_period_start_date");
        }
        else if (!firstDays.TryGetValue(row.Person, out var first) || day < first)
        {
            firstDays[row.Person] = day;
        }
    }

    private static void NoteUnknown(Dictionary<long, DateOnly> firstDays, CdmRows row)
    {
        if (firstDays.ContainsKey(row.Person))
        {
            row.Log.Note(Fault.ParticipantUnknown);
        }
    }

    private void Pour(CdmRows row, Dictionary<long, DateOnly> firstDays)
    {
        var sex = row.Number(0) switch
        {
            Female => Sex.Female,
            Male => Sex.Male,
            OtherSex => Sex.Other,
            _ => Sex.Unknown,
        };
        var year = row.Part(1);
        var age = year is null ? null : Ages.On(biobank.DataDate, year.Value, row.Part(2), row.Part(3));
        if (year is not null && age is null)
        {
            row.Log.Note(Fault.AgeOutOfRange, "year_of_birth");
        }

        var enrolled = firstDays.Remove(row.Person, out var day) ? day : (DateOnly?)null;
        Hold(sex, age, enrolled);
        row.Pour((id, _) => Add(row, id, sex, age, enrolled), mapping.Dataset);
    }

    private bool Add(CdmRows row, ReadOnlySpan<char> id, Sex sex, int? age, DateOnly? enrolled)
    {
        if (!sink.Participant(id, sex, age, enrolled, mapping.Dataset))
        {
            row.Log.Note(Fault.ParticipantRepeated);
            return true;
        }

        foreach (var permission in mapping.Permissions)
        {
            sink.Permission(id, permission);
        }

        return true;
    }

    private void Hold(Sex sex, int? age, DateOnly? enrolled)
    {
        if (sex != Sex.Unknown)
        {
            book.Hold(VariableKind.Sex);
        }

        if (age is not null)
        {
            book.Hold(VariableKind.Age);
        }

        if (enrolled is not null)
        {
            book.Hold(VariableKind.Enrolled);
        }
    }
}
