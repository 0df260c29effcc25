using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Passports;

/// <summary>
/// Whether a visa's conditions are met by other visas of the passport (Passport 1.2 "conditions"): one of the alternatives, and
/// in it every clause, each by one single visa. A clause that is not well-formed is never met.
/// </summary>
public static class ConditionRules
{
    /// <summary>Until when they are met, or null when they are not. Of several ways the one that lasts longest counts.</summary>
    /// <param name="others">Accepted visas that may be combined with the visa: they are about the same person.</param>
    public static long? MetUntil(JsonElement conditions, IReadOnlyList<Visa> others)
    {
        // A visa with conditions of its own meets none: otherwise they could go round in circles.
        List<Visa> plain = [.. others.Where(visa => visa.Conditions is null)];
        return conditions.EnumerateArray().Max(alternative => AlternativeMetUntil(alternative, plain));
    }

    private static long? AlternativeMetUntil(JsonElement clauses, IReadOnlyList<Visa> visas)
    {
        if (clauses.ValueKind != JsonValueKind.Array || clauses.GetArrayLength() == 0)
        {
            return null;
        }

        var ends = clauses.EnumerateArray().Select(clause => ClauseMetUntil(clause, visas)).ToList();
        return ends.Contains(null) ? null : ends.Min();
    }

    private static long? ClauseMetUntil(JsonElement clause, IReadOnlyList<Visa> visas) =>
        IsWellFormed(clause) ? visas.Where(visa => Meets(visa, clause)).Max(visa => (long?)visa.Until) : null;

    // A type and at least one more, all of them claims that hold text: never asserted, never conditions.
    private static bool IsWellFormed(JsonElement clause) =>
        clause.ValueKind == JsonValueKind.Object
        && clause.Text("type") is { Length: > 0 }
        && clause.GetPropertyCount() > 1
        && clause.EnumerateObject().All(member =>
            member.Name is "type" or "value" or "source" or "by" && member.Value.ValueKind == JsonValueKind.String);

    private static bool Meets(Visa visa, JsonElement clause) => clause.EnumerateObject().All(member => member.Name switch
    {
        "type" => visa.Type == member.Value.GetString(),
        "value" => PatternRules.IsMet(member.Value.GetString()!, visa.Value),
        "source" => PatternRules.IsMet(member.Value.GetString()!, visa.Source),
        _ => visa.By is { Length: > 0 } by && PatternRules.IsMet(member.Value.GetString()!, by),
    });
}
