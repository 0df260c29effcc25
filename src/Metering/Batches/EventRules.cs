using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Deliveries;

namespace Kakehashi.Metering.Batches;

/// <summary>An entry that may enter the log, with what it is searched by. Exactly one of the two events is there.</summary>
public sealed record LedgerEvent(UsageEvent? Usage, AccessEvent? Access)
{
    public DateTimeOffset At => Usage?.At ?? Access!.At;

    public string Kind => Usage?.Kind ?? Access!.Kind;

    public string Actor => Usage?.Subject ?? Access!.Actor;
}

/// <summary>What an entry must be to enter the log: the closed event of its own producer, every member within bounds.</summary>
public static class EventRules
{
    /// <summary>The one service that delivers; its client id is its role's name.</summary>
    private const string Service = Roles.IdBroker;

    private static readonly string NodePrefix = Audiences.Node("");

    /// <summary>Platform JSON, but member names to the letter: two spellings of one event would be two leaves.</summary>
    private static readonly JsonSerializerOptions Json = new(ServiceDefaultsExtensions.Json) { PropertyNameCaseInsensitive = false };

    /// <summary>The role that a producer of this name must have; null when nobody can have it.</summary>
    public static string? RoleOf(string producer) =>
        IsNode(producer) ? Roles.Node : producer == Service ? Roles.IdBroker : null;

    /// <summary>The event, or null and the rule that it breaks.</summary>
    public static LedgerEvent? Read(byte[]? leaf, string producer, out string? broken)
    {
        var entry = leaf is { Length: > 0 and <= LedgerFile.LargestEntry } ? Parse(leaf, producer) : null;
        broken = entry switch
        {
            null => "an entry is the JSON of one event of this producer's kind, with all its members and no others",
            { Usage: { } usage } when Audiences.Node(usage.Node) != producer => "node is the node that delivers",
            { Usage: { } usage } => UsageEventRules.WhyNot(usage),
            { Access: { } access } when access.Producer != producer => "producer is the one that delivers",
            _ => AccessEventRules.WhyNot(entry.Access!),
        };
        return broken is null ? entry : null;
    }

    /// <summary>An entry that passed <see cref="Read"/> before it was stored.</summary>
    public static LedgerEvent ReadStored(byte[] leaf, string producer) => Deserialize(leaf, producer);

    private static LedgerEvent? Parse(byte[] leaf, string producer)
    {
        try
        {
            var entry = Deserialize(leaf, producer);
            return entry is { Usage: null, Access: null } ? null : entry; // the leaf was the word null
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static LedgerEvent Deserialize(byte[] leaf, string producer) => IsNode(producer)
        ? new(JsonSerializer.Deserialize<UsageEvent>(leaf, Json), null)
        : new(null, JsonSerializer.Deserialize<AccessEvent>(leaf, Json));

    private static bool IsNode(string producer) => producer.StartsWith(NodePrefix, StringComparison.Ordinal);
}
