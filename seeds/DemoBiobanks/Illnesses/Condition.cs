using System.Text;
using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Illnesses;

/// <summary>A three-character ICD-10 category of the demo, with the finer codes of some of its cases.</summary>
/// <param name="Code">Code without prefix, e.g. E11.</param>
/// <param name="Age">How frequency goes with age.</param>
/// <param name="PeakMen">Share of men who have or had it, at the curve's peak.</param>
/// <param name="PeakWomen">Share of women.</param>
/// <param name="Cluster">Conditions of a cluster come together more often than by chance.</param>
/// <param name="Label">English name.</param>
/// <param name="LabelJa">Japanese name.</param>
internal sealed record Condition(string Code, Curve Age, double PeakMen, double PeakWomen, string Cluster, string Label, string LabelJa)
{
    public List<Part> Parts { get; } = [];

    /// <summary>Bound to the code, not to its place in the list: adding a condition changes no other.</summary>
    public uint Salt { get; } = SaltOf(Code);

    /// <summary>Rest of a line of conditions.csv, for cases without a finer code.</summary>
    public byte[] Line { get; } = LineOf(Code);

    public double ShareAt(Sex sex, double age) => (sex == Sex.Male ? PeakMen : PeakWomen) * Age.At(age);

    public static byte[] LineOf(string code) => Encoding.UTF8.GetBytes($",ICD10:{code}\n");

    /// <summary>The line for a case: a part of the category by its share, or the category itself.</summary>
    public byte[] LineAt(Sex sex, uint roll)
    {
        var upTo = 0.0;
        foreach (var part in Parts)
        {
            upTo += (sex == Sex.Male ? part.ShareOfMen : part.ShareOfWomen) * 4294967296.0;
            if (roll < upTo)
            {
                return part.Line;
            }
        }

        return Line;
    }

    private static uint SaltOf(string code) => code.Aggregate(0x811C9DC5U, (hash, c) => (hash ^ c) * 0x01000193);
}

/// <summary>A four-character subcategory, and the share of its category's cases that are recorded with it.</summary>
internal sealed record Part(string Code, double ShareOfMen, double ShareOfWomen, string Label, string LabelJa)
{
    public byte[] Line { get; } = Condition.LineOf(Code);
}
