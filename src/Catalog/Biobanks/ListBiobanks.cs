using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.Catalog.Nodes;
using Kakehashi.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Catalog.Biobanks;

/// <summary>The biobanks that can be searched, with what each last said of itself and how old that is.</summary>
public static class ListBiobanks
{
    /// <param name="Reachable">The node answered when it was last asked.</param>
    /// <param name="SeenAt">When it last answered; null: never.</param>
    /// <param name="VariablesAt">When its variables were last read; null: never.</param>
    /// <param name="Description">What it said then; null: nothing yet.</param>
    public sealed record Biobank(
        [property: JsonPropertyName("biobank")] string Id,
        bool Reachable,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? SeenAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? VariablesAt,
        NodeDescription? Description);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/biobanks", HandleAsync)
        .WithName(nameof(ListBiobanks))
        .RequireAuthorization(Policies.Reading);

    internal static async Task<Ok<Biobank[]>> HandleAsync(NpgsqlDataSource database, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT biobank_id AS Biobank, reachable AS Reachable, seen_at AS SeenAt, variables_at AS VariablesAt, description AS Description
            FROM biobank
            WHERE registered
            ORDER BY biobank_id
            """,
            cancellationToken: ct));
        return TypedResults.Ok(rows.Select(row => row.ToBiobank()).ToArray());
    }

    private sealed record Row(string Biobank, bool Reachable, DateTime? SeenAt, DateTime? VariablesAt, string? Description)
    {
        public Biobank ToBiobank() => new(
            Biobank,
            Reachable,
            SeenAt,
            VariablesAt,
            Description is null ? null : JsonSerializer.Deserialize(Description, NodeJson.Default.NodeDescription));
    }
}
