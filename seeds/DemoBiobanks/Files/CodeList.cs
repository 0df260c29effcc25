using System.Globalization;
using System.Text;
using Kakehashi.Seeds.Illnesses;
using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Files;

/// <summary>codes.csv: every code a biobank's files may hold, with its names and, for measurements, unit and plausible range.</summary>
internal static class CodeList
{
    public static string Of(Profile profile)
    {
        var text = new StringBuilder("kind,code,label,labelJa,unit,min,max\n");
        foreach (var condition in ConditionList.All.OrderBy(c => c.Code, StringComparer.Ordinal))
        {
            Add(text, "condition", $"ICD10:{condition.Code}", condition.Label, condition.LabelJa);
            foreach (var part in condition.Parts)
            {
                Add(text, "condition", $"ICD10:{part.Code}", part.Label, part.LabelJa);
            }
        }

        foreach (var m in Measurement.All.Where(m => profile.Measured.ContainsKey(m.Id)))
        {
            Add(text, "measurement", m.Code, m.Label, m.LabelJa, m.Unit, Plain(m.Min), Plain(m.Max));
        }

        foreach (var word in profile.Biosamples.Select(k => Words.Biosamples[k.Type]))
        {
            Add(text, "biosample", word.Text, word.Label, word.LabelJa);
        }

        foreach (var word in profile.Assets.Select(k => Words.Assets[k.Type]))
        {
            Add(text, "data", word.Text, word.Label, word.LabelJa);
        }

        AddAttributes(text, "smoking", Words.Smoking);
        AddAttributes(text, "alcohol", Words.Alcohol);
        AddAttributes(text, "prefecture", Prefecture.All.Select(p => new Word(p.Id, $"Lives in {p.Id}", $"{p.NameJa}に居住")));
        return text.ToString();
    }

    private static void AddAttributes(StringBuilder text, string name, IEnumerable<Word> words)
    {
        foreach (var word in words)
        {
            Add(text, "attribute", $"{name}={word.Text}", word.Label, word.LabelJa);
        }
    }

    private static void Add(
        StringBuilder text, string kind, string code, string label, string labelJa, string unit = "", string min = "", string max = "") =>
        text.AppendJoin(',', [kind, code, Quoted(label), Quoted(labelJa), unit, min, max]).Append('\n');

    private static string Quoted(string cell) => cell.Contains(',', StringComparison.Ordinal) ? $"\"{cell}\"" : cell;

    private static string Plain(double value) => value.ToString(CultureInfo.InvariantCulture);
}
