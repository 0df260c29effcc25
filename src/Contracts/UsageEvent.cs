using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>
/// What the ledger keeps of one question to one node: who asked what for which purpose, and how it ended. The bytes of
/// this record's JSON are a ledger leaf. Closed: an unknown member is refused.
/// </summary>
/// <param name="Version">Version of this schema: 1.</param>
/// <param name="EventId">Unique id of the event (UUIDv7).</param>
/// <param name="At">When the node decided, UTC.</param>
/// <param name="Node">The biobank's slug.</param>
/// <param name="Kind">What was done: <c>count</c>.</param>
/// <param name="Issuer">Issuer of the person's account.</param>
/// <param name="Subject">The person's subject at that issuer; never an e-mail address.</param>
/// <param name="Organisation">The person's organisation.</param>
/// <param name="Project">The project, when the question belongs to one.</param>
/// <param name="Purpose">The purpose under which was asked.</param>
/// <param name="CohortId">SHA-256 of the canonical cohort definition, lower-case hex.</param>
/// <param name="Variables">The variables the question touches (kind and code), no literals or ranges.</param>
/// <param name="Outcome">One of <see cref="CountStates"/>.</param>
/// <param name="CellsReleased">How many numbers left the node.</param>
/// <param name="ConsentSequence">Consent state the decision used.</param>
/// <param name="DurationMs">Milliseconds from question to decision.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record UsageEvent(
    [property: JsonRequired] int Version,
    [property: JsonRequired] Guid EventId,
    [property: JsonRequired] DateTimeOffset At,
    [property: JsonRequired] string Node,
    [property: JsonRequired] string Kind,
    [property: JsonRequired] string Issuer,
    [property: JsonRequired] string Subject,
    string? Organisation,
    string? Project,
    [property: JsonRequired] Purpose Purpose,
    [property: JsonRequired] string CohortId,
    [property: JsonRequired] IReadOnlyList<string> Variables,
    [property: JsonRequired] string Outcome,
    [property: JsonRequired] int CellsReleased,
    [property: JsonRequired] long ConsentSequence,
    [property: JsonRequired] double DurationMs);
