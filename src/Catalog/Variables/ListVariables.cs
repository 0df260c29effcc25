using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using Kakehashi.Catalog.Nodes;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.Catalog.Variables;

/// <summary>
/// What biobanks hold: each code at each biobank, with how many participants, how complete, in which range and unit. Found
/// by code or name in English or Japanese; from the Catalog's own tables, so a node may be away.
/// </summary>
public static class ListVariables
{
    private const int LargestPage = 1000;
    private const int LongestSearch = 100;

    /// <param name="Biobanks">How old each biobank's part is.</param>
    /// <param name="Next">Give it as <c>after</c> to read on; null at the end.</param>
    public sealed record Response(IReadOnlyList<Age> Biobanks, IReadOnlyList<Item> Variables, string? Next);

    /// <param name="DataDate">The day the data describe; null before the node was first seen.</param>
    /// <param name="LoadedAt">When the node read them.</param>
    /// <param name="VariablesAt">When the Catalog read the variables; null: never, so none are listed.</param>
    /// <param name="Reachable">The node answered when it was last asked.</param>
    public sealed record Age(
        string Biobank,
        DateOnly? DataDate,
        DateTimeOffset? LoadedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] DateTimeOffset? VariablesAt,
        bool Reachable);

    /// <summary>One variable at one biobank.</summary>
    public sealed record Item(string Biobank, Variable Variable);

    public sealed record Query(string? Biobank, string? Kind, string? Q, string? After, int? Limit);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/variables", HandleAsync)
        .WithName(nameof(ListVariables))
        .RequireAuthorization(Policies.Reading);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        [AsParameters] Query query, Catalogue catalogue, NpgsqlDataSource database, CancellationToken ct)
    {
        if (query.Biobank is not null && !catalogue.Known.ById.ContainsKey(query.Biobank))
        {
            return Problems.NotFound("catalog.unknown-biobank", "There is no such biobank.", $"Known: {string.Join(", ", catalogue.Known.ById.Keys)}.");
        }

        if (query.Kind is not null && !CatalogueRules.Kinds.Contains(query.Kind))
        {
            return Problems.BadRequest("catalog.unknown-kind", "There is no such kind of variable.", $"Kinds: {string.Join(", ", CatalogueRules.Kinds)}.");
        }

        if (query.Q is { } words && (words.Length > LongestSearch || words.Any(char.IsControl) || !IsText(words)))
        {
            return Problems.BadRequest("catalog.search-text", "This cannot be searched for.", $"q: text of at most {LongestSearch} characters.");
        }

        var limit = query.Limit ?? 100;
        if (Cursor.Read(query.After) is not { } after || limit is < 1 or > LargestPage)
        {
            return Problems.BadRequest("catalog.page", "There is no such page.", $"after: the next of an earlier answer; limit: 1 to {LargestPage}.");
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var ages = await ReadAgesAsync(connection, query.Biobank, ct);
        var rows = await ReadRowsAsync(connection, query, after, limit, ct);
        var next = rows.Count == limit ? $"{new Cursor(rows[^1].Kind, rows[^1].Code, rows[^1].Biobank)}" : null;
        return TypedResults.Ok(new Response(ages, [.. rows.Select(row => row.ToItem())], next));
    }

    /// <summary>Half a surrogate pair is no text, and PostgreSQL takes none.</summary>
    private static bool IsText(string words) => !words.EnumerateRunes().Any(r => r == System.Text.Rune.ReplacementChar);

    private static async Task<IReadOnlyList<Age>> ReadAgesAsync(NpgsqlConnection connection, string? biobank, CancellationToken ct)
    {
        var rows = await connection.QueryAsync<(string Biobank, string? Description, DateTime? VariablesAt, bool Reachable)>(new CommandDefinition(
            """
            SELECT biobank_id, description, variables_at, reachable
            FROM biobank
            WHERE registered AND (@biobank::text IS NULL OR biobank_id = @biobank)
            ORDER BY biobank_id
            """,
            new { biobank },
            cancellationToken: ct));
        return
        [
            .. from row in rows
               let node = row.Description is null ? null : JsonSerializer.Deserialize(row.Description, NodeJson.Default.NodeDescription)
               select new Age(row.Biobank, node?.DataDate, node?.LoadedAt, row.VariablesAt, row.Reachable),
        ];
    }

    private static async Task<List<Row>> ReadRowsAsync(NpgsqlConnection connection, Query query, Cursor after, int limit, CancellationToken ct) =>
        (await connection.QueryAsync<Row>(new CommandDefinition(
            """
            SELECT v.biobank_id AS Biobank, v.kind AS Kind, v.code AS Code, v.label AS Label, v.label_ja AS LabelJa,
                   v.participants AS Participants, v.withheld AS Withheld, v.missingness AS Missingness,
                   v.low AS Low, v.high AS High, v.unit AS Unit
            FROM variable v
            JOIN biobank b USING (biobank_id)
            WHERE b.registered
              AND (@Biobank::text IS NULL OR v.biobank_id = @Biobank)
              AND (@Kind::text IS NULL OR v.kind = @Kind)
              AND (@Q::text IS NULL OR strpos(v.words, lower(normalize(@Q, NFKC))) > 0)
              AND (v.kind, v.code, v.biobank_id) > (@afterKind, @afterCode, @afterBiobank)
            ORDER BY v.kind, v.code, v.biobank_id
            LIMIT @limit
            """,
            new
            {
                query.Biobank,
                query.Kind,
                query.Q,
                afterKind = after.Kind,
                afterCode = after.Code,
                afterBiobank = after.Biobank,
                limit,
            },
            cancellationToken: ct))).AsList();

    private sealed record Row(
        string Biobank,
        string Kind,
        string Code,
        string? Label,
        string? LabelJa,
        decimal? Participants,
        string? Withheld,
        double? Missingness,
        double? Low,
        double? High,
        string? Unit)
    {
        public Item ToItem() => new(Biobank, new(
            Kind,
            Code.Length == 0 ? null : Code,
            Label,
            LabelJa,
            Withheld is { } why ? ProtectedCount.Because(why) : ProtectedCount.Released((long)Participants!.Value),
            Missingness,
            Low,
            High,
            Unit));
    }
}
