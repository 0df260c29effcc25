namespace Kakehashi.Seeds.Illnesses;

/// <summary>All conditions of the demo, cluster by cluster.</summary>
internal static class ConditionList
{
    public static IReadOnlyList<Condition> All { get; } = Read();

    /// <summary>Clusters with the range of <see cref="All"/> that each takes.</summary>
    public static IReadOnlyList<Cluster> Clusters { get; } =
    [
        .. All.Select((condition, index) => (condition.Cluster, index))
            .GroupBy(c => c.Cluster, c => c.index)
            .Select((group, number) => new Cluster(group.Key, (uint)number, group.First(), group.Last() + 1)),
    ];

    private static readonly Dictionary<string, int> ByCode = All.Select((c, i) => (c.Code, i)).ToDictionary(c => c.Code, c => c.i);

    /// <summary>Place of a category in <see cref="All"/>.</summary>
    public static int IndexOf(string code) => ByCode[code];

    private static Condition[] Read()
    {
        var conditions = new List<Condition>();
        foreach (var row in DataText.Rows("conditions"))
        {
            var (code, curve, men, women) = (row[0], row[1], DataText.Number(row[2]) / 100, DataText.Number(row[3]) / 100);
            if (curve == "part")
            {
                conditions[^1].Parts.Add(new(code, men, women, row[5], row[6]));
            }
            else
            {
                conditions.Add(new(code, Curve.Named[curve], men, women, row[4], row[5], row[6]));
            }
        }

        return [.. conditions.GroupBy(c => c.Cluster).SelectMany(c => c)];
    }
}

/// <summary>Conditions that share causes. A person has a level for each cluster, from 0 (rarely ill) to 14.</summary>
internal sealed record Cluster(string Name, uint Number, int From, int To)
{
    public const int Levels = 15;

    // Odds grow by this factor from level to level: the higher, the more the conditions of a cluster come together.
    private double Step { get; } = Name switch
    {
        "metabolic" => 1.45,
        "vascular" or "dementia" or "birth" or "allergy" => 1.34,
        _ => 1.2,
    };

    public bool Metabolic => Name == "metabolic";

    public bool Vascular => Name == "vascular";

    /// <summary>Share of people at a level: levels are sums of two numbers from 0 to 7.</summary>
    public static double ShareAt(int level) => (8 - Math.Abs(level - 7)) / 64.0;

    /// <summary>Factor on the odds at each level; their mean over people is 1.</summary>
    public double[] Factors()
    {
        var factors = new double[Levels];
        factors[0] = 1;
        for (var level = 1; level < Levels; level++)
        {
            factors[level] = factors[level - 1] * Step;
        }

        var mean = factors.Select((factor, level) => factor * ShareAt(level)).Sum();
        return [.. factors.Select(factor => factor / mean)];
    }
}
