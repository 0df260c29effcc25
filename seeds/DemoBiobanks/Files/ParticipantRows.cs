using Kakehashi.Seeds.Illnesses;
using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Files;

/// <summary>Turns participants of one biobank into rows. Reads only tables that never change, so many may run at once.</summary>
internal sealed class ParticipantRows(Profile profile, Roster roster)
{
    private const int MovedPerMille = 120;

    private static readonly Condition[] Conditions = [.. ConditionList.All];
    private static readonly Prefecture[] Prefectures = [.. Prefecture.All];

    private readonly ConditionRates _rates = new(profile);
    private readonly Enrolments _enrolments = new(profile);
    private readonly Permissions _permissions = new(profile.Consents);
    private readonly Weights _homes = Prefecture.WeightsOf(profile.Homes);
    private readonly (Kept Kept, Word Word)[] _biosamples = [.. profile.Biosamples.Select(k => (k, Words.Biosamples[k.Type]))];
    private readonly (Kept Kept, Word Word)[] _assets = [.. profile.Assets.Select(k => (k, Words.Assets[k.Type]))];

    private readonly (Measurement Measurement, int PerMille)[] _measured =
        [.. profile.Measured.Select(m => (Measurement.All.Single(x => x.Id == m.Key), m.Value))];

    private readonly int _dna = profile.Biosamples.Select(k => k.Type).ToList().IndexOf("dna");

    /// <summary>Writes participants [from, from + chunk.Participants) into the chunk.</summary>
    public void Write(Chunk chunk, int from)
    {
        var record = new Record();
        Span<byte> id = stackalloc byte[8];
        for (var participant = from; participant < from + chunk.Participants; participant++)
        {
            IdOf(profile, participant, id);
            Write(chunk, participant, id, record);
        }
    }

    /// <summary>A participant's id: the biobank's letter and seven digits, from 1.</summary>
    public static void IdOf(Profile profile, int participant, Span<byte> id)
    {
        id[0] = (byte)profile.IdPrefix;
        _ = (participant + 1).TryFormat(id[1..], out _, "D7");
    }

    private void Write(Chunk chunk, int participant, ReadOnlySpan<byte> id, Record record)
    {
        var (person, group) = roster.At(profile, participant);
        var draws = person.At(profile.Index);
        var choice = _enrolments.DatasetOf(person, draws);
        var enrolled = Enrolments.DayOf(choice.Dataset, person, draws);
        var (prefecture, home) = HomeOf(person, group, draws);
        var health = Health.Of(person);
        record.Fill(person, health, _rates, choice.Targets.At(person.Sex, person.Age, draws.Roll(Topic.Target)));

        WriteParticipant(chunk[Table.Participants], id, person, draws, enrolled, choice.Id, prefecture);
        WriteConditions(chunk[Table.Conditions], id, person, record);
        WriteMeasurements(chunk[Table.Measurements], id, person, health, record, draws);
        var dna = Keeps(_biosamples[_dna].Kept, _dna, Topic.Biosamples, person, draws);
        WriteKept(chunk[Table.Biosamples], id, _biosamples, Topic.Biosamples, person, draws, true);
        WriteKept(chunk[Table.Data], id, _assets, Topic.Assets, person, draws, dna);
        chunk[Table.Identities].Add(id);
        Identity.Write(chunk[Table.Identities], person, home, prefecture, enrolled);
    }

    /// <summary>Where the participant lived at enrolment, and the draws their address and telephone follow from.</summary>
    private (Prefecture Prefecture, Draws Home) HomeOf(in Person person, Group group, in Draws draws)
    {
        var place = group.Homes.At(person.Draws.Roll(Topic.Home));
        var moved = draws.Chance(MovedPerMille, Topic.Moved) || (profile.ResidentsOnly && !_homes.Allows(place));
        return moved ? (Prefectures[_homes.At(draws.Roll(Topic.NewHome))], draws) : (Prefectures[place], person.Draws);
    }

    private void WriteParticipant(
        Rows rows, ReadOnlySpan<byte> id, in Person person, in Draws draws, DateOnly enrolled, byte[] dataset, Prefecture prefecture)
    {
        rows.Add(id);
        rows.Add(person.Sex == Sex.Male ? ",male,"u8 : ",female,"u8);
        rows.Whole(person.Age);
        rows.Add((byte)',');
        rows.Date(enrolled);
        rows.Add((byte)',');
        rows.Add(dataset);
        rows.Add((byte)',');
        _permissions.Write(rows, draws);
        rows.Add((byte)',');
        rows.Add(Habits.Smoking(person, draws)?.Utf8);
        rows.Add((byte)',');
        rows.Add(Habits.Alcohol(person, draws)?.Utf8);
        rows.Add((byte)',');
        rows.Add(prefecture.Utf8);
        rows.Add((byte)'\n');
    }

    private static void WriteConditions(Rows rows, ReadOnlySpan<byte> id, in Person person, Record record)
    {
        var has = record.Conditions;
        for (var c = 0; c < has.Length; c++)
        {
            if (has[c])
            {
                rows.Add(id);
                rows.Add(Conditions[c].LineAt(person.Sex, person.Draws.Roll(Topic.Parts, Conditions[c].Salt)));
            }
        }
    }

    private void WriteMeasurements(Rows rows, ReadOnlySpan<byte> id, in Person person, in Health health, Record record, in Draws draws)
    {
        for (var i = 0u; i < _measured.Length; i++)
        {
            var (measurement, perMille) = _measured[i];
            if (draws.Chance(perMille, Topic.Measurements, 2 * i))
            {
                rows.Add(id);
                rows.Add(measurement.Before);
                rows.Rounded(Values.Of(measurement, person, health, record, draws.Normal(Topic.Measurements, (2 * i) + 1)), measurement.Decimals);
                rows.Add(measurement.After);
            }
        }
    }

    /// <summary>One line with all types, separated by semicolons; none for who has none.</summary>
    private static void WriteKept(
        Rows rows, ReadOnlySpan<byte> id, (Kept Kept, Word Word)[] all, Topic topic, in Person person, in Draws draws, bool dna)
    {
        var any = false;
        for (var i = 0; i < all.Length; i++)
        {
            if (Keeps(all[i].Kept, i, topic, person, draws) && (dna || !Words.FromDna.Contains(all[i].Kept.Type)))
            {
                rows.Add(any ? ";"u8 : id);
                rows.Add(any ? [] : ","u8);
                rows.Add(all[i].Word.Utf8);
                any = true;
            }
        }

        rows.Add(any ? "\n"u8 : []);
    }

    private static bool Keeps(Kept kept, int number, Topic topic, in Person person, in Draws draws) =>
        person.Age >= kept.FromAge && person.Age < kept.ToAge && draws.Chance(kept.PerMille, topic, (uint)number);
}
