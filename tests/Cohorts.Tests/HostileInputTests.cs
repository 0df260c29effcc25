using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Kakehashi.Cohorts.Tests;

/// <summary>Whatever comes in: a cohort or faults, and faults that lead somewhere.</summary>
public sealed class HostileInputTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ":", ",", "\"all\"", "\"not\"", "\"sex\"", "\"male\"", "\"age\"", "\"\\ud800\"", "\"\\u0000\"",
        "1e999", "-0", "NaN", "null", "true", "//x\n", "/**/", " ", "\\", "\"", "é",
    ];

    [Fact]
    public void Random_bytes_are_refused_without_an_exception() =>
        Check.One(Thorough, Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes => !Cohort.Parse(bytes).IsValid));

    [Fact]
    public void Random_tokens_never_throw() =>
        Check.One(Thorough.WithMaxTest(10_000), Prop.ForAll(Definitions.Seeds, seed =>
        {
            var choices = new Choices(seed);
            var text = string.Concat(Enumerable.Range(0, 1 + choices.Below(30)).Select(_ => choices.Of(Tokens)));
            return IsConsistent(Cohort.Parse(Encoding.UTF8.GetBytes(text)));
        }));

    [Fact]
    public void Damaged_definitions_never_throw() =>
        Check.One(Thorough.WithMaxTest(10_000), Prop.ForAll(Definitions.Any, Definitions.Seeds, (definition, seed) =>
        {
            var choices = new Choices(seed);
            var bytes = Encoding.UTF8.GetBytes(definition).ToList();
            for (var i = choices.Below(3); i >= 0; i--)
            {
                var at = choices.Below(bytes.Count);
                bytes.RemoveRange(at, Math.Min(choices.Below(3), bytes.Count - at - 1));
                bytes[Math.Min(at, bytes.Count - 1)] = (byte)choices.Below(256);
            }

            return IsConsistent(Cohort.Parse([.. bytes]));
        }));

    [Fact]
    public void Each_single_fault_is_found_and_its_pointer_resolves() =>
        Check.One(Thorough.WithMaxTest(10_000), Prop.ForAll(Definitions.Any, Definitions.Seeds, (definition, seed) =>
        {
            var (mutated, code) = Mutated(JsonNode.Parse(definition)!, new(seed));
            var faults = Cohort.Parse(Encoding.UTF8.GetBytes(mutated?.ToJsonString() ?? "null")).Faults;
            foreach (var fault in faults)
            {
                JsonPointers.Resolve(mutated, fault.Pointer);
            }

            return faults.Any(fault => fault.Code == code).Label($"{code}: {mutated?.ToJsonString()} gave {string.Join(", ", faults)}");
        }));

    [Fact]
    public void Each_duplicate_member_is_found() =>
        Check.One(Thorough, Prop.ForAll(Definitions.Any, Definitions.Seeds, (definition, seed) =>
        {
            var document = JsonNode.Parse(definition)!;
            var choices = new Choices(seed);
            var path = choices.Of<string>([.. JsonPointers.Within(document).Where(at => JsonPointers.Resolve(document, at) is JsonObject)]);
            var members = JsonPointers.Resolve(document, path)!.AsObject();
            var name = choices.Of<string>([.. members.Select(member => member.Key)]);
            var value = members[name]!.DeepClone();

            // A node cannot hold a name twice: a marker takes the place of the second one until it is text.
            members["duplicate"] = value;
            var text = document.ToJsonString().Replace("\"duplicate\"", JsonSerializer.Serialize(name), StringComparison.Ordinal);
            var faults = Cohort.Parse(Encoding.UTF8.GetBytes(text)).Faults;
            return faults is [{ Code: FaultCodes.DuplicateMember } fault] && fault.Pointer == $"{path}/{name}";
        }));

    private static bool IsConsistent(ParsedCohort parsed) =>
        parsed.IsValid == (parsed.Faults.Count == 0) && parsed.Faults.All(fault => fault.Code.StartsWith("cohort.", StringComparison.Ordinal));

    /// <summary>The document with one thing wrong, and the fault that must be found.</summary>
    private static (JsonNode? Document, string Code) Mutated(JsonNode document, Choices choices)
    {
        var path = choices.Of<string>([.. JsonPointers.Within(document)]);
        var node = JsonPointers.Resolve(document, path)!;
        switch (choices.Below(4))
        {
            case 0 when node is JsonObject members:
                members[choices.Of("zzz", "a/b", "~", "", "ALL")] = 1;
                return (document, FaultCodes.UnknownMember);
            case 1 when node is JsonObject members && path.Length > 0:
                members.Clear();
                return (document, EmptiedCode(path));
            case 2 when node is JsonArray items:
                items.Clear();
                return (document, FaultCodes.EmptyList);
            default:
                var wrong = choices.Of<JsonNode?>(null, JsonValue.Create(true), new JsonArray(new JsonArray()));
                return node is JsonArray && wrong is JsonArray ? Replaced(document, path, null) : Replaced(document, path, wrong);
        }
    }

    private static string EmptiedCode(string path) => path.Split('/')[^1] switch
    {
        "age" or "enrolled" => FaultCodes.MissingRange,
        "measurement" or "attribute" or "variant" => FaultCodes.MissingMember,
        _ => FaultCodes.EmptyCriterion,
    };

    private static (JsonNode? Document, string Code) Replaced(JsonNode document, string path, JsonNode? wrong)
    {
        if (path.Length == 0)
        {
            return (wrong, FaultCodes.WrongType);
        }

        var cut = path.LastIndexOf('/');
        var parent = JsonPointers.Resolve(document, path[..cut]);
        if (parent is JsonArray items)
        {
            items[int.Parse(path.AsSpan(cut + 1), System.Globalization.CultureInfo.InvariantCulture)] = wrong;
        }
        else
        {
            parent![path[(cut + 1)..]] = wrong;
        }

        return (document, FaultCodes.WrongType);
    }
}
