using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Illnesses;

/// <summary>
/// What makes one person ill more often than another of the same sex and age: general frailty, which all clusters share,
/// metabolism, which the metabolic and the vascular cluster share, and luck in each cluster. Each from 0 to 7.
/// </summary>
internal readonly record struct Health(int Frailty, int Metabolism)
{
    private const int Eight = 8;

    public static Health Of(in Person person) =>
        new(person.Draws.Below(Eight, Topic.Frailty), person.Draws.Below(Eight, Topic.Metabolism));

    public int LevelIn(Cluster cluster, in Person person)
    {
        if (cluster.Metabolic)
        {
            return Frailty + Metabolism;
        }

        return (cluster.Vascular ? Metabolism : Frailty) + person.Draws.Below(Eight, Topic.Clusters, cluster.Number);
    }
}
