using System.Text;
using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Files;

/// <summary>
/// truth/overlaps.csv: who is the same person in which biobanks. No biobank knows it; it is there to judge linkage by.
/// One row for each enrolment of a person who is in more than one biobank.
/// </summary>
internal static class Overlaps
{
    public static async Task WriteAsync(string path, Roster roster, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        var rows = new Rows();
        rows.Add("person,biobank,participant\n"u8);
        foreach (var group in roster.Groups.Where(g => g.Members.Count > 1))
        {
            for (var place = 0; place < group.Count; place++)
            {
                WritePerson(rows, roster, group, place);
            }

            await file.WriteAsync(rows.Written, ct);
            rows.Clear();
        }
    }

    private static void WritePerson(Rows rows, Roster roster, Group group, int place)
    {
        Span<byte> id = stackalloc byte[8];
        Span<byte> biobank = stackalloc byte[32];
        foreach (var profile in group.Members)
        {
            rows.Add((byte)'P');
            rows.Digits(group.First + place + 1, 8);
            rows.Add((byte)',');
            rows.Add(biobank[..Encoding.UTF8.GetBytes(profile.Biobank.Id, biobank)]);
            rows.Add((byte)',');
            ParticipantRows.IdOf(profile, roster.ParticipantOf(profile, group, place), id);
            rows.Add(id);
            rows.Add((byte)'\n');
        }
    }
}
