using System.Text.Json;
using Kakehashi.Adapters;

namespace Kakehashi.Node.Loading;

/// <summary>The load report as the operator reads it on disk: places and reasons, no values.</summary>
public static class LoadReportText
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static string Json(LoadReport report) => JsonSerializer.Serialize(report, Indented);
}
