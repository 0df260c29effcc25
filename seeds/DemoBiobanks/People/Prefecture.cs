using System.Text;

namespace Kakehashi.Seeds.People;

/// <summary>One of the 47 prefectures.</summary>
/// <param name="Id">Lower-case Latin name: the category participants.csv holds.</param>
/// <param name="NameJa">Name in Japanese.</param>
/// <param name="People">Inhabitants, in units of 10,000.</param>
/// <param name="FirstPostal">Smallest first three digits of a postal code.</param>
/// <param name="Postals">How many such beginnings there are.</param>
internal sealed record Prefecture(string Id, string NameJa, int People, int FirstPostal, int Postals)
{
    public static IReadOnlyList<Prefecture> All { get; } = [.. DataText.Rows("prefectures").Select(Parse)];

    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Id);

    /// <summary>Weights of all prefectures: given for those named in <c>id:weight id:weight …</c>, by inhabitants for an empty text.</summary>
    public static Weights WeightsOf(string text)
    {
        if (text.Length == 0)
        {
            return new(All.Select(p => (double)p.People));
        }

        var named = text.Split(' ').Select(p => p.Split(':')).ToDictionary(p => p[0], p => DataText.Number(p[1]));
        return named.Keys.Except(All.Select(p => p.Id)).FirstOrDefault() is { } unknown
            ? throw new InvalidOperationException($"There is no prefecture {unknown}.")
            : new(All.Select(p => named.GetValueOrDefault(p.Id)));
    }

    private static Prefecture Parse(string[] row)
    {
        var postal = row[3].Split(' ');
        return new(row[0], row[1], DataText.Whole(row[2]), DataText.Whole(postal[0]), DataText.Whole(postal[1]));
    }
}
