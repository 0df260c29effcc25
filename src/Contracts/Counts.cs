using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>A question to one node: <c>POST /counts</c>. Who asks, for which project and purpose stands in the token.</summary>
/// <param name="Cohort">The cohort definition, canonical or not; the node canonicalises and hashes it itself.</param>
/// <param name="Breakdown">Variables to break the count down by, at most two: sex, age, or a catalogued variable such as biosample.</param>
public sealed record CountRequest([property: JsonRequired] JsonElement Cohort, IReadOnlyList<string> Breakdown)
{
    public IReadOnlyList<string> Breakdown { get; init; } = Breakdown ?? [];
}

/// <summary>How a node stands to a question. The words are part of the API.</summary>
public static class CountStates
{
    /// <summary>The number is released.</summary>
    public const string Answered = "answered";

    /// <summary>The node counted, but does not release the number; <see cref="CountAnswer.Reasons"/> say why.</summary>
    public const string Withheld = "withheld";

    /// <summary>The biobank's terms deny the purpose.</summary>
    public const string Denied = "denied";

    /// <summary>The biobank's terms leave the purpose to its data access committee.</summary>
    public const string NeedsDecision = "needs-decision";

    /// <summary>The biobank does not hold a variable or code system that the question needs.</summary>
    public const string NotHeld = "not-held";

    /// <summary>The node cannot know whether consents have changed, so it answers nothing.</summary>
    public const string ConsentStale = "consent-stale";

    /// <summary>Said by the Catalog: no tunnel, or the node gave no usable answer.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>Said by the Catalog: no answer before the deadline.</summary>
    public const string Deadline = "deadline";
}

/// <summary>One node's answer. Every number in it has passed disclosure control.</summary>
/// <param name="Node">The biobank's slug.</param>
/// <param name="CohortId">SHA-256 of the canonical cohort definition, lower-case hex.</param>
/// <param name="State">One of <see cref="CountStates"/>.</param>
/// <param name="Count">Participants in the cohort; null unless the node counted.</param>
/// <param name="Breakdown">One entry for each cell, in the order of the axes; empty without a breakdown.</param>
/// <param name="Reasons">Plain reasons for a state other than answered, each starting with a stable code.</param>
/// <param name="Missing">JSON pointers into the cohort definition to leaves the node does not hold.</param>
/// <param name="Freshness">How old the data and consents behind the number are; null when the Catalog speaks for the node.</param>
/// <param name="Disclosure">Which preset protected the numbers.</param>
/// <param name="LedgerIndex">Index of the usage event in the node's ledger; null when the Catalog speaks for the node.</param>
/// <param name="ElapsedMs">Milliseconds the node took.</param>
public sealed record CountAnswer(
    [property: JsonRequired] string Node,
    [property: JsonRequired] string CohortId,
    [property: JsonRequired] string State,
    ProtectedCount? Count,
    [property: JsonRequired] IReadOnlyList<CountCell> Breakdown,
    [property: JsonRequired] IReadOnlyList<Reason> Reasons,
    [property: JsonRequired] IReadOnlyList<string> Missing,
    Freshness? Freshness,
    string? Disclosure,
    long? LedgerIndex,
    [property: JsonRequired] double ElapsedMs);

/// <summary>A reason a person can read, with a code a program can.</summary>
public sealed record Reason([property: JsonRequired] string Code, [property: JsonRequired] string Text);

/// <summary>One cell of a breakdown: its category on each axis, and its number.</summary>
public sealed record CountCell(
    [property: JsonRequired] IReadOnlyDictionary<string, string> Keys,
    [property: JsonRequired] ProtectedCount Count);

/// <summary>How old an answer's ground is.</summary>
/// <param name="DataDate">The day the biobank's data describe; ages are counted on it.</param>
/// <param name="LoadedAt">When the node read the data.</param>
/// <param name="ConsentSequence">The last consent change of this biobank that the node has applied.</param>
public sealed record Freshness(
    [property: JsonRequired] DateOnly DataDate,
    [property: JsonRequired] DateTimeOffset LoadedAt,
    [property: JsonRequired] long ConsentSequence);
