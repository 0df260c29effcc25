using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>
/// What the ledger keeps of access itself: a sign-in, a refusal, a changed key or client. The bytes of this record's JSON are
/// a ledger leaf. Closed: an unknown member is refused. Nothing in it opens anything: no secrets, no addresses, no names.
/// </summary>
/// <param name="Version">Version of this schema: 1.</param>
/// <param name="EventId">Unique id of the event (UUIDv7).</param>
/// <param name="At">When it happened, UTC.</param>
/// <param name="Producer">The service that saw it: <c>idbroker</c>.</param>
/// <param name="Kind">What happened, <c>noun.past-participle</c>: <c>sign-in.succeeded</c>.</param>
/// <param name="Actor">The account or client that did it; <c>anonymous</c> when nobody was recognised.</param>
/// <param name="Subject">What it was done to: an account, a session, a client, a key.</param>
/// <param name="Client">The client through which it was done, if any.</param>
/// <param name="Reason">The stable code of a refusal, or why it was done.</param>
/// <param name="Acr">How surely the actor was known; one of <see cref="Assurance"/>.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AccessEvent(
    [property: JsonRequired] int Version,
    [property: JsonRequired] Guid EventId,
    [property: JsonRequired] DateTimeOffset At,
    [property: JsonRequired] string Producer,
    [property: JsonRequired] string Kind,
    [property: JsonRequired] string Actor,
    [property: JsonRequired] string Subject,
    string? Client = null,
    string? Reason = null,
    string? Acr = null);
