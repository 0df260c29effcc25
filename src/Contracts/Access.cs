using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>What does this passport open here? <c>POST /access</c> to one node, with the person's own node token.</summary>
/// <param name="Passport">A passport (GA4GH AAI 1.2) as a signed JWT, or a list of visas, each a signed JWT.</param>
/// <param name="Dataset">Id of one dataset of this biobank; all of them when left out.</param>
/// <param name="Seconds">How long the access must last from now on.</param>
public sealed record AccessQuestion([property: JsonRequired] JsonElement Passport, string? Dataset = null, int Seconds = 0);

/// <summary>What a passport opens at one biobank, and why not the rest.</summary>
/// <param name="Node">The biobank's slug.</param>
/// <param name="Refused">Visas that count for nothing here, each with the rule that refuses it.</param>
public sealed record AccessAnswer(
    [property: JsonRequired] string Node,
    [property: JsonRequired] IReadOnlyList<DatasetAccess> Datasets,
    [property: JsonRequired] IReadOnlyList<RefusedVisa> Refused);

/// <summary>The decision about one dataset.</summary>
/// <param name="Dataset">Its id in the biobank.</param>
/// <param name="Value">The URL that a ControlledAccessGrants visa names it by.</param>
/// <param name="Decision">One of <see cref="AccessDecisions"/>.</param>
/// <param name="Until">When the permission ends: the earliest end of all visas it rests on. Null when denied.</param>
/// <param name="Reasons">Why it is denied: one for each rule that a grant fails.</param>
public sealed record DatasetAccess(
    [property: JsonRequired] string Dataset,
    [property: JsonRequired] string Value,
    [property: JsonRequired] string Decision,
    DateTimeOffset? Until,
    [property: JsonRequired] IReadOnlyList<Reason> Reasons);

/// <summary>The two answers of a clearinghouse. The words are part of the API.</summary>
public static class AccessDecisions
{
    public const string Permit = "permit";
    public const string Deny = "deny";
}

/// <summary>A visa that was not accepted.</summary>
/// <param name="Index">Its place in the passport, from 0.</param>
/// <param name="Code">The rule that refuses it.</param>
/// <param name="Text">The same for a person to read.</param>
public sealed record RefusedVisa(
    [property: JsonRequired] int Index, [property: JsonRequired] string Code, [property: JsonRequired] string Text);
