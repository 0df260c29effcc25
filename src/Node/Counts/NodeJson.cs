using System.Text.Json.Serialization;
using Kakehashi.Contracts;

namespace Kakehashi.Node.Counts;

/// <summary>Generated JSON for what passes on every question.</summary>
[JsonSourceGenerationOptions(
    System.Text.Json.JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict)]
[JsonSerializable(typeof(CountRequest))]
[JsonSerializable(typeof(CountAnswer))]
[JsonSerializable(typeof(UsageEvent))]
internal sealed partial class NodeJson : JsonSerializerContext;
