using System.Text.Json;
using System.Text.Json.Serialization;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Nodes;

/// <summary>What nodes say, read as strictly as everything on this platform: closed, no duplicates, no nulls where none belong.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(AccessQuestion))]
[JsonSerializable(typeof(AccessAnswer))]
[JsonSerializable(typeof(CountAnswer))]
[JsonSerializable(typeof(NodeDescription))]
[JsonSerializable(typeof(Variable[]))]
internal sealed partial class NodeJson : JsonSerializerContext;
