using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Illnesses;

/// <summary>The conditions of one participant as one biobank records them; one instance is filled again and again.</summary>
internal sealed class Record
{
    private static readonly Cluster[] Clusters = [.. ConditionList.Clusters];
    private static readonly uint[] Salts = [.. ConditionList.All.Select(c => c.Salt)];

    private readonly bool[] _has = new bool[Salts.Length];

    /// <summary>By place in the list of conditions: whether the participant has it.</summary>
    public ReadOnlySpan<bool> Conditions => _has;

    public bool Has(int condition) => _has[condition];

    /// <summary>
    /// Fills in a participant. A person's luck with a condition is the same in every biobank; only how thoroughly
    /// a biobank records differs, so records of one person agree.
    /// </summary>
    public void Fill(in Person person, in Health health, ConditionRates rates, int target)
    {
        foreach (var cluster in Clusters)
        {
            var thresholds = rates.At(person.Sex, person.Age, health.LevelIn(cluster, person));
            for (var c = cluster.From; c < cluster.To; c++)
            {
                _has[c] = person.Draws.Roll(Topic.Conditions, Salts[c]) < thresholds[c];
            }
        }

        if (target != Targets.None)
        {
            _has[target] = true;
        }
    }
}
