using System.Text;
using Kakehashi.Seeds.Illnesses;
using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Files;

/// <summary>Which of its datasets a biobank's participant belongs to, and when they were enrolled.</summary>
internal sealed class Enrolments
{
    private readonly Choice[] _datasets;
    private readonly Weights[] _byCell;

    public Enrolments(Profile profile)
    {
        _datasets = [.. profile.Datasets.Select(d => new Choice(d, new(d), Encoding.UTF8.GetBytes(d.Id)))];
        _byCell =
        [
            .. Enumerable.Range(0, 2 * AgeLaw.Ages).Select(cell =>
                new Weights(profile.Datasets.Select(d => d.Share.At((Sex)(cell / AgeLaw.Ages), cell % AgeLaw.Ages)))),
        ];
    }

    public Choice DatasetOf(in Person person, in Draws draws) =>
        _datasets[_byCell[((int)person.Sex * AgeLaw.Ages) + person.Age].At(draws.Roll(Topic.Dataset))];

    /// <summary>A day when the dataset enrolled people and the person was of the right age.</summary>
    public static DateOnly DayOf(Dataset dataset, in Person person, in Draws draws)
    {
        var (oldEnough, tooOld) = (person.Born.AddYears(dataset.Youngest), person.Born.AddYears(dataset.Oldest + 1));
        var from = oldEnough > dataset.From ? oldEnough : dataset.From;
        var to = tooOld < dataset.To ? tooOld : dataset.To;
        return from < to
            ? from.AddDays(draws.Below(to.DayNumber - from.DayNumber, Topic.Enrolled))
            : throw new InvalidOperationException($"Nobody of {person.Age} years can be enrolled in {dataset.Id}: its profile lets too young or too old people in.");
    }

    internal sealed record Choice(Dataset Dataset, Targets Targets, byte[] Id);
}
