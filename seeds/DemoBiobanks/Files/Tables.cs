namespace Kakehashi.Seeds.Files;

/// <summary>The files with a participant's rows, and their headers. The number is the place in a chunk.</summary>
internal enum Table
{
    Participants,
    Conditions,
    Measurements,
    Biosamples,
    Data,
    Identities,
}

internal static class Tables
{
    public static IReadOnlyList<Table> All { get; } = Enum.GetValues<Table>();

    public static string FileOf(Table table) => table switch
    {
        Table.Participants => "participants.csv",
        Table.Conditions => "conditions.csv",
        Table.Measurements => "measurements.csv",
        Table.Biosamples => "biosamples.csv",
        Table.Data => "data.csv",
        _ => "identities.csv",
    };

    public static ReadOnlySpan<byte> HeaderOf(Table table) => table switch
    {
        Table.Participants => "participant,sex,age,enrolled,dataset,permissions,smoking,alcohol,prefecture\n"u8,
        Table.Conditions => "participant,code\n"u8,
        Table.Measurements => "participant,code,value,unit\n"u8,
        Table.Biosamples => "participant,types\n"u8,
        Table.Data => "participant,types\n"u8,
        _ => "participant,family_name,given_name,family_name_kana,given_name_kana,birth_date,sex,postal_code,telephone,insured_number\n"u8,
    };
}

/// <summary>The rows of some participants in a row, for every file.</summary>
internal sealed class Chunk
{
    private readonly Rows[] _rows = [.. Tables.All.Select(_ => new Rows())];

    public int Participants { get; set; }

    public Rows this[Table table] => _rows[(int)table];

    public void Clear()
    {
        foreach (var rows in _rows)
        {
            rows.Clear();
        }
    }
}
