using System.Text.Json.Serialization;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Searches;

/// <summary>How one biobank stands to the question: what its node said, or the Catalog in its place.</summary>
/// <param name="Name">The biobank's name in English.</param>
/// <param name="NameJa">The biobank's name in Japanese.</param>
/// <param name="ElapsedMs">Milliseconds the node took; null when it gave no usable answer.</param>
/// <param name="RoundTripMs">Milliseconds until the Catalog had this.</param>
public sealed record NodeAnswer(
    string Node,
    string Name,
    string NameJa,
    string CohortId,
    string State,
    ProtectedCount? Count,
    IReadOnlyList<CountCell> Breakdown,
    IReadOnlyList<Reason> Reasons,
    IReadOnlyList<string> Missing,
    Freshness? Freshness,
    string? Disclosure,
    long? LedgerIndex,
    double? ElapsedMs,
    double RoundTripMs);

/// <summary>The sum over nodes that released a number.</summary>
/// <param name="Value">Null when none did; that is not 0.</param>
/// <param name="Complete">True when every node asked is in the sum.</param>
public sealed record SearchTotal(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Value, int Answered, int Asked, bool Complete);

/// <summary>One cell over all nodes that released it.</summary>
/// <param name="Value">Null when none did; that is not 0.</param>
/// <param name="Nodes">How many nodes are in the sum.</param>
public sealed record TotalCell(
    IReadOnlyDictionary<string, string> Keys,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Value,
    int Nodes);

/// <summary>The answer to a search; as a stream its nodes come one by one, and the rest as the last event.</summary>
/// <param name="Nodes">One for each biobank asked; null in the stream's last event.</param>
/// <param name="Breakdown">Empty without a breakdown.</param>
public sealed record SearchAnswer(
    Guid SearchId, string CohortId, IReadOnlyList<NodeAnswer>? Nodes, SearchTotal Total, IReadOnlyList<TotalCell> Breakdown, double ElapsedMs);
