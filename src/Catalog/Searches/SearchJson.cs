using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kakehashi.Catalog.Searches;

/// <summary>How answers are written, without reflection.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SearchAnswer))]
[JsonSerializable(typeof(NodeAnswer))]
internal sealed partial class SearchJson : JsonSerializerContext;
