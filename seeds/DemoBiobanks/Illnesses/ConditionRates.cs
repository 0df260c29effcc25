using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Illnesses;

/// <summary>
/// How likely each condition is recorded in a biobank, by sex, five-year age band and level in its cluster, as a
/// threshold for a roll in [0, 2³²).
/// </summary>
internal sealed class ConditionRates
{
    private const int BandYears = 5;
    private const int Bands = (AgeLaw.Ages + BandYears - 1) / BandYears;

    private static readonly int Conditions = ConditionList.All.Count;

    // Odds of every condition at scale 1 of thoroughness, by sex and band; and how they vary with the level.
    private static readonly double[] Odds = [.. Cells().SelectMany(c => ConditionList.All.Select(x => OddsOf(x.ShareAt(c.Sex, c.MiddleAge))))];

    private readonly uint[] _thresholds = new uint[2 * Bands * Cluster.Levels * Conditions];

    public ConditionRates(Profile profile)
    {
        var emphasis = ConditionList.All.Select(c => profile.Emphasis.GetValueOrDefault(c.Cluster, 1)).ToArray();
        var factors = ConditionList.Clusters.SelectMany(c => Enumerable.Repeat(c.Factors(), c.To - c.From)).ToArray();
        var thoroughness = ThoroughnessOf(profile, emphasis, factors);
        for (var cell = 0; cell < 2 * Bands; cell++)
        {
            for (var level = 0; level < Cluster.Levels; level++)
            {
                for (var c = 0; c < Conditions; c++)
                {
                    var odds = Odds[(cell * Conditions) + c] * emphasis[c] * factors[c][level] * thoroughness;
                    _thresholds[(((cell * Cluster.Levels) + level) * Conditions) + c] = (uint)(odds / (1 + odds) * 4294967295.0);
                }
            }
        }
    }

    /// <summary>Thresholds of all conditions, in the order of <see cref="ConditionList.All"/>.</summary>
    public ReadOnlySpan<uint> At(Sex sex, int age, int level) =>
        _thresholds.AsSpan((((((int)sex * Bands) + (age / BandYears)) * Cluster.Levels) + level) * Conditions, Conditions);

    /// <summary>The factor on all odds with which participants have as many conditions, on average, as the profile says.</summary>
    private static double ThoroughnessOf(Profile profile, double[] emphasis, double[][] factors)
    {
        var shares = new AgeLaw([profile.Tilt]).Shares;
        var cells = new double[2 * Bands];
        for (var i = 0; i < shares.Length; i++)
        {
            cells[(i / AgeLaw.Ages * Bands) + (i % AgeLaw.Ages / BandYears)] += shares[i];
        }

        var (low, high) = (0.01, 100.0);
        for (var step = 0; step < 20; step++)
        {
            var middle = (low + high) / 2;
            (low, high) = Mean(middle) < profile.MeanConditions ? (middle, high) : (low, middle);
        }

        return low;

        double Mean(double thoroughness)
        {
            var mean = 0.0;
            for (var i = 0; i < Odds.Length; i++)
            {
                var c = i % Conditions;
                for (var level = 0; level < Cluster.Levels && cells[i / Conditions] > 0; level++)
                {
                    var odds = Odds[i] * emphasis[c] * factors[c][level] * thoroughness;
                    mean += cells[i / Conditions] * Cluster.ShareAt(level) * odds / (1 + odds);
                }
            }

            return mean;
        }
    }

    private static IEnumerable<(Sex Sex, double MiddleAge)> Cells() =>
        from sex in Enum.GetValues<Sex>() from band in Enumerable.Range(0, Bands) select (sex, (band + 0.5) * BandYears);

    private static double OddsOf(double share) => share / (1 - share);
}
