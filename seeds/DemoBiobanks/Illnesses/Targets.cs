using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Illnesses;

/// <summary>The disease a patient is enrolled for, by sex and age: every participant of a disease dataset has at least one.</summary>
internal sealed class Targets
{
    public const int None = -1;

    private readonly int[] _conditions;
    private readonly Weights[] _byCell;

    public Targets(Dataset dataset)
    {
        _conditions = [.. dataset.Targets.Select(t => ConditionList.IndexOf(t.Code))];
        _byCell = [.. Enumerable.Range(0, 2 * AgeLaw.Ages).Select(cell => WeightsAt(dataset, (Sex)(cell / AgeLaw.Ages), cell % AgeLaw.Ages))];
    }

    /// <summary>Place of the disease in the list of conditions; <see cref="None"/> where there is none for this sex and age.</summary>
    public int At(Sex sex, int age, uint roll)
    {
        var weights = _byCell[((int)sex * AgeLaw.Ages) + age];
        return weights.Total == 0 ? None : _conditions[weights.At(roll)];
    }

    private static Weights WeightsAt(Dataset dataset, Sex sex, int age) => new(dataset.Targets.Select(target =>
    {
        var condition = ConditionList.All[ConditionList.IndexOf(target.Code)];
        return target.Weight * condition.ShareAt(sex, age) / (condition.PeakMen + condition.PeakWomen);
    }));
}
