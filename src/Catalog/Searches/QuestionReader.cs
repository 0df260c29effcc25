using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Cohorts;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Searches;

/// <summary>Reads the body of a search: closed, bounded, every fault with its place. Gives a question or faults, never both.</summary>
public sealed class QuestionReader
{
    private static readonly string[] Members = ["cohort", "purpose", "project", "breakdown", "biobanks"];

    private readonly KnownBiobanks _known;
    private readonly IReadOnlyCollection<string> _projects;
    private readonly List<SearchFault> _faults = [];

    private QuestionReader(KnownBiobanks known, IReadOnlyCollection<string> projects) => (_known, _projects) = (known, projects);

    /// <param name="known">What the biobanks list.</param>
    /// <param name="projects">The projects the caller belongs to.</param>
    public static (Question? Question, IReadOnlyList<SearchFault> Faults) Read(
        JsonElement body, KnownBiobanks known, IReadOnlyCollection<string> projects)
    {
        var reader = new QuestionReader(known, projects);
        var question = reader.ReadBody(body);
        return (question, reader._faults);
    }

    private Question? ReadBody(JsonElement body)
    {
        if (!ClosedMembers.Check(body, "", Members, required: ["cohort", "purpose"], _faults))
        {
            return null;
        }

        var biobanks = ReadBiobanks(body);
        var cohort = ReadCohort(body.GetProperty("cohort"), biobanks);
        var purpose = new PurposeReader(_faults).Read(body.GetProperty("purpose"));
        var project = ReadProject(body);
        var breakdown = ReadBreakdown(body, biobanks);
        return _faults.Count > 0 ? null : new(
            cohort!, purpose!, project, breakdown, biobanks, WriteRequest(body.GetProperty("cohort"), breakdown));
    }

    private Cohort? ReadCohort(JsonElement definition, IReadOnlyList<string> biobanks)
    {
        var parsed = Cohort.Parse(definition);
        _faults.AddRange(parsed.Faults.Select(f => new SearchFault(f.Code, $"/cohort{f.Pointer}", f.Message, f.Allowed)));
        if (parsed.Cohort is { } cohort)
        {
            _faults.AddRange(CodeRules.Unknown(cohort, _known, biobanks));
        }

        return parsed.Cohort;
    }

    private string? ReadProject(JsonElement body)
    {
        if (!body.TryGetProperty("project", out var member))
        {
            return null;
        }

        // A project that is somebody else's looks like one that does not exist.
        if (JsonTexts.TextOf(member) is { } project && _projects.Contains(project))
        {
            return project;
        }

        _faults.Add(new("catalog.unknown-project", "/project", "You belong to no such project.", [.. _projects.Order(StringComparer.Ordinal)]));
        return null;
    }

    private List<string> ReadBiobanks(JsonElement body)
    {
        if (!body.TryGetProperty("biobanks", out var member))
        {
            return [.. _known.ById.Keys];
        }

        var names = ReadNames(member, "/biobanks", _known.ById.Count);
        for (var i = 0; i < names.Count; i++)
        {
            if (!_known.ById.ContainsKey(names[i]))
            {
                _faults.Add(new("catalog.unknown-biobank", $"/biobanks/{i}", "There is no such biobank.", [.. _known.ById.Keys]));
            }
        }

        if (member.ValueKind is JsonValueKind.Array && member.GetArrayLength() == 0)
        {
            _faults.Add(new("catalog.no-biobank", "/biobanks", "Name a biobank, or leave the member out to ask all.", [.. _known.ById.Keys]));
        }

        return names;
    }

    private List<string> ReadBreakdown(JsonElement body, IReadOnlyList<string> biobanks)
    {
        if (!body.TryGetProperty("breakdown", out var member))
        {
            return [];
        }

        var names = ReadNames(member, "/breakdown", BreakdownRules.MostAxes);
        for (var i = 0; i < names.Count; i++)
        {
            if (!BreakdownRules.IsKnown(names[i], _known, biobanks))
            {
                _faults.Add(new(
                    "catalog.unknown-breakdown", $"/breakdown/{i}", "No biobank breaks counts down by this.", BreakdownRules.Names(_known)));
            }
        }

        return names;
    }

    /// <summary>A short list of different names; empty with a fault when it is anything else.</summary>
    private List<string> ReadNames(JsonElement member, string pointer, int most)
    {
        var allowed = $"a list of at most {most} different names";
        if (member.ValueKind is not JsonValueKind.Array || member.GetArrayLength() > most
            || member.EnumerateArray().Any(m => JsonTexts.TextOf(m) is null))
        {
            _faults.Add(new("catalog.names", pointer, "This is not a list of names.", allowed));
            return [];
        }

        List<string> names = [.. member.EnumerateArray().Select(m => JsonTexts.TextOf(m)!)];
        if (names.Distinct().Count() < names.Count)
        {
            _faults.Add(new("catalog.names", pointer, "A name stands here twice.", allowed));
        }

        return names;
    }

    private static byte[] WriteRequest(JsonElement cohort, IReadOnlyList<string> breakdown)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(bytes);
        writer.WriteStartObject();
        writer.WritePropertyName("cohort");
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(cohort), skipInputValidation: true);
        writer.WriteStartArray("breakdown");
        foreach (var name in breakdown)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return bytes.WrittenSpan.ToArray();
    }
}
