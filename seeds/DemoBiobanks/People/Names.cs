using System.Text;

namespace Kakehashi.Seeds.People;

/// <summary>A name as written and as read, both UTF-8.</summary>
internal readonly record struct Name(byte[] Written, byte[] Reading)
{
    public static Name Of(string written, string reading) => new(Encoding.UTF8.GetBytes(written), Encoding.UTF8.GetBytes(reading));
}

/// <summary>Japanese names by frequency; given names by sex and year of birth.</summary>
internal static class Names
{
    // Rank r is drawn in proportion to 1 / (r + 8): in the range of published frequencies of family names.
    private const double Flatness = 8;

    private const int FirstYear = 1900;
    private const int Years = 150;

    private static readonly Name[] Families = [.. DataText.Lines("family-names").Select(line => line.Split(' ')).Select(p => Name.Of(p[0], p[1]))];

    private static readonly Weights FamilyWeights = ByRank(Families.Length);

    private static readonly GivenNames[] Given = [.. DataText.Lines("given-names").Select(GivenNames.Parse)];

    private static readonly GivenNames[][] ByBirthYear =
        [.. Enum.GetValues<Sex>().Select(sex => Enumerable.Range(0, Years).Select(y => Given.Last(g => g.Sex == sex && g.FromYear <= FirstYear + y)).ToArray())];

    public static Name FamilyOf(in Person person) => Families[FamilyWeights.At(person.Draws.Roll(Topic.FamilyName))];

    public static Name GivenOf(in Person person)
    {
        var group = ByBirthYear[(int)person.Sex][person.Born.Year - FirstYear];
        return group.Names[group.Weights.At(person.Draws.Roll(Topic.GivenName))];
    }

    private static Weights ByRank(int count) => new(Enumerable.Range(0, count).Select(rank => 1 / (rank + Flatness)));

    private sealed record GivenNames(Sex Sex, int FromYear, Name[] Names, Weights Weights)
    {
        public static GivenNames Parse(string line)
        {
            var parts = line.Split(' ');
            var names = parts[2..].Select(p => p.Split(':')).Select(p => Name.Of(p[0], p[1])).ToArray();
            return new(parts[0] == "F" ? Sex.Female : Sex.Male, DataText.Whole(parts[1]), names, ByRank(names.Length));
        }
    }
}
