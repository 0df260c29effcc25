using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>
/// From Consent to one node, in order and without gaps: <c>POST /consent/changes</c>. Sent at least every second, empty when
/// nothing changed: it is also the heartbeat without which a node refuses to answer.
/// </summary>
/// <param name="After">Sequence of the last change before these; the node refuses when it has applied fewer.</param>
/// <param name="Changes">Changes with sequences After + 1, After + 2, …</param>
/// <param name="Head">Sequence of the newest change Consent knows for this biobank.</param>
public sealed record ConsentChanges(
    [property: JsonRequired] long After,
    [property: JsonRequired] IReadOnlyList<ConsentChange> Changes,
    [property: JsonRequired] long Head);

/// <summary>One participant's change of consent.</summary>
/// <param name="Sequence">Dense per biobank, from 1.</param>
/// <param name="Participant">Opaque reference of the participant.</param>
/// <param name="Kind">What changed: <c>withdrawn</c> (no further use of any kind).</param>
/// <param name="At">When it was recorded, UTC.</param>
public sealed record ConsentChange(
    [property: JsonRequired] long Sequence,
    [property: JsonRequired] ParticipantRef Participant,
    [property: JsonRequired] string Kind,
    [property: JsonRequired] DateTimeOffset At);

/// <summary>The node's answer: the last sequence it has applied durably.</summary>
public sealed record ConsentChangesReceipt([property: JsonRequired] long Applied);
