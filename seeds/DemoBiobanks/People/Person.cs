namespace Kakehashi.Seeds.People;

/// <summary>A synthetic person. The same in every biobank they are enrolled in.</summary>
/// <param name="Number">Number in the one population all biobanks draw from.</param>
/// <param name="Sex">Sex.</param>
/// <param name="Age">Whole years on the data date.</param>
/// <param name="Born">Date of birth.</param>
/// <param name="Draws">Everything else about the person that does not depend on a biobank.</param>
internal readonly record struct Person(long Number, Sex Sex, int Age, DateOnly Born, Draws Draws)
{
    private const ulong Seed = 0x6B616B6568617368; // "kakehash"

    /// <summary>The day all five biobanks describe; ages are whole years on it.</summary>
    public static DateOnly DataDate { get; } = new(2026, 4, 1);

    public static Person Of(long number, AgeLaw law)
    {
        var draws = Draws.Of(Seed, number);
        var (sex, age) = law.At(draws.Roll(Topic.Cell));
        var first = DataDate.AddYears(-age - 1).AddDays(1);
        var days = DataDate.AddYears(-age).DayNumber - first.DayNumber + 1;
        return new(number, sex, age, first.AddDays(draws.Below(days, Topic.BirthDay)), draws);
    }

    /// <summary>Draws about the person that differ from biobank to biobank.</summary>
    public Draws At(int biobank) => new(Draws.Mix(Draws.Key ^ (ulong)(biobank + 1)));
}
