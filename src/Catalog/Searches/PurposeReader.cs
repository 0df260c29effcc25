using System.Text.Json;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Searches;

/// <summary>Reads a purpose: every word of it decides whose data may be counted, so nothing is guessed.</summary>
internal sealed class PurposeReader(List<SearchFault> faults)
{
    private const int MostDiseases = 20;
    private const int LongestCode = 64;
    private const string At = "/purpose";

    private static readonly string[] Uses = Enum.GetNames<ResearchUse>();

    private static readonly string[] Members =
        ["use", "diseases", "commercial", "country", "ethicsApproval", "collaboration", "publication"];

    public Purpose? Read(JsonElement element)
    {
        var before = faults.Count;
        if (!ClosedMembers.Check(element, At, Members, required: ["use"], faults))
        {
            return null;
        }

        var use = ReadUse(element.GetProperty("use"));
        var purpose = new Purpose(
            use ?? default,
            ReadDiseases(element, use),
            ReadFlag(element, "commercial"),
            ReadCountry(element),
            ReadFlag(element, "ethicsApproval"),
            ReadFlag(element, "collaboration"),
            ReadFlag(element, "publication"));
        return faults.Count == before ? purpose : null;
    }

    private ResearchUse? ReadUse(JsonElement member)
    {
        if (JsonTexts.TextOf(member) is { } text && Array.IndexOf(Uses, text) is >= 0 and var index)
        {
            return Enum.GetValues<ResearchUse>()[index];
        }

        faults.Add(new("catalog.purpose-use", $"{At}/use", "This is no kind of research.", Uses));
        return null;
    }

    private IReadOnlyList<string> ReadDiseases(JsonElement element, ResearchUse? use)
    {
        var pointer = $"{At}/diseases";
        var written = element.TryGetProperty("diseases", out var member);
        if (written && (member.ValueKind is not JsonValueKind.Array || member.GetArrayLength() > MostDiseases))
        {
            faults.Add(new("catalog.purpose-diseases", pointer, "This is not a list of diseases.", $"at most {MostDiseases} codes"));
            return [];
        }

        IReadOnlyList<string> diseases = written ? [.. member.EnumerateArray().Select((disease, i) => ReadDisease(disease, $"{pointer}/{i}"))] : [];
        if (use is ResearchUse.DS && diseases.Count == 0)
        {
            faults.Add(new("catalog.purpose-diseases", pointer, "Research on diseases (DS) names them.", "codes such as ICD10:E11"));
        }
        else if (use is not null and not ResearchUse.DS && diseases.Count > 0)
        {
            faults.Add(new("catalog.purpose-diseases", pointer, "Only research on diseases (DS) names diseases.", "no diseases, or the use DS"));
        }

        return diseases;
    }

    private string ReadDisease(JsonElement disease, string pointer)
    {
        if (JsonTexts.TextOf(disease) is { Length: <= LongestCode } curie
            && Cohorts.Codes.CodeRules.WhyNot(curie, Cohorts.Codes.CodeRules.Conditions) is null)
        {
            return curie;
        }

        faults.Add(new("catalog.purpose-diseases", pointer, "This is no code of a disease.", [.. Cohorts.Codes.CodeRules.Conditions.Select(s => $"{s}:…")]));
        return "";
    }

    private string ReadCountry(JsonElement element)
    {
        if (!element.TryGetProperty("country", out var member))
        {
            return "JP";
        }

        if (JsonTexts.TextOf(member) is { } code && Countries.Codes.Contains(code))
        {
            return code;
        }

        faults.Add(new("catalog.purpose-country", $"{At}/country", "This is no country.", "an ISO 3166-1 alpha-2 code such as JP"));
        return "";
    }

    private bool ReadFlag(JsonElement element, string name)
    {
        if (!element.TryGetProperty(name, out var member) || member.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return member.ValueKind is JsonValueKind.True;
        }

        faults.Add(new("catalog.wrong-type", $"{At}/{name}", "This is neither yes nor no.", ["true", "false"]));
        return false;
    }
}
