namespace Kakehashi.Seeds.People;

/// <summary>How many men and women of each age: Japan's population, weighted with how likely each is to be enrolled.</summary>
internal sealed class AgeLaw
{
    public const int Ages = 105;

    // Population estimates of the Statistics Bureau of Japan, 1 October 2024, in units of 10,000 people, rounded:
    // by five-year group from 0-4; the last is 95 and over.
    private static readonly int[][] Japan =
    [
        [199, 239, 265, 280, 319, 334, 328, 350, 384, 450, 484, 424, 374, 352, 380, 360, 250, 145, 60, 14],
        [190, 227, 252, 265, 301, 316, 312, 340, 376, 440, 476, 426, 381, 368, 420, 430, 340, 250, 150, 56],
    ];

    // Past 95 each age has two thirds of the age before it; the first share makes the ten ages add up to the group.
    private const double FirstOfOldest = 0.339;

    private readonly Weights _cells;

    /// <param name="tilts">Relative odds of enrolment by sex and age, one for each biobank the people are in.</param>
    public AgeLaw(IReadOnlyCollection<Tilt> tilts)
    {
        Shares = new double[2 * Ages];
        for (var cell = 0; cell < Shares.Length; cell++)
        {
            var (sex, age) = ((Sex)(cell / Ages), cell % Ages);
            Shares[cell] = tilts.Aggregate(People(sex, age), (people, tilt) => people * tilt.At(sex, age));
        }

        _cells = new(Shares);
        for (var cell = 0; cell < Shares.Length; cell++)
        {
            Shares[cell] /= _cells.Total;
        }
    }

    /// <summary>Share of each cell: men by age, then women by age.</summary>
    public double[] Shares { get; }

    public (Sex Sex, int Age) At(uint roll)
    {
        var cell = _cells.At(roll);
        return ((Sex)(cell / Ages), cell % Ages);
    }

    private static double People(Sex sex, int age)
    {
        var groups = Japan[(int)sex];
        if (age < 95)
        {
            return groups[age / 5] / 5.0;
        }

        var share = FirstOfOldest;
        for (var older = age; older > 95; older--)
        {
            share *= 2 / 3.0;
        }

        return groups[^1] * share;
    }
}

/// <summary>A biobank's own tilt against the population: relative odds of enrolment by sex and age on the data date.</summary>
internal sealed record Tilt(Curve Men, Curve Women)
{
    public static Tilt Both(string curve) => new(Curve.Parse(curve), Curve.Parse(curve));

    public double At(Sex sex, int age) => (sex == Sex.Male ? Men : Women).At(age);
}
