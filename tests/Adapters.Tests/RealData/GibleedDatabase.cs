using System.IO.Compression;
using Kakehashi.Seeds;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.Adapters.Tests.RealData;

/// <summary>GiBleed twice in one database: as CDM tables in public, and as bare texts in raw for the independent counts.</summary>
public sealed class GibleedDatabase : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly NpgsqlDataSource _source;

    private GibleedDatabase(TestDatabase database) => (_database, _source) = (database, NpgsqlDataSource.Create(database.ConnectionString));

    public string ConnectionString => _database.ConnectionString;

    public static async Task<GibleedDatabase> CreateAsync(string directory, CancellationToken ct)
    {
        var database = new GibleedDatabase(await TestDatabase.CreateAsync(ct));
        await CdmSample.LoadAsync(database.ConnectionString, directory, ct);
        foreach (var table in new[] { "person", "condition_era", "drug_era", "observation_period", "concept_ancestor" })
        {
            await database.LoadRawAsync(table, Path.Combine(directory, $"{table}.csv.gz"), ct);
        }

        return database;
    }

    public async Task<IReadOnlyList<(string Question, long Count)>> CountAsync(string sql, CancellationToken ct)
    {
        var counts = new List<(string, long)>();
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            counts.Add((reader.GetString(0), reader.GetInt64(1)));
        }

        return counts;
    }

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    private async Task LoadRawAsync(string table, string path, CancellationToken ct)
    {
        using var text = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        var columns = string.Join(", ", (await text.ReadLineAsync(ct))!.Split(',').Select(c => $"{c} text"));
        await using var connection = await _source.OpenConnectionAsync(ct);
        await using (var create = _source.CreateCommand($"CREATE SCHEMA IF NOT EXISTS raw; CREATE TABLE raw.{table} ({columns})"))
        {
            await create.ExecuteNonQueryAsync(ct);
        }

        await using var copy = await connection.BeginTextImportAsync($"COPY raw.{table} FROM STDIN (FORMAT csv)", ct);
        await copy.WriteAsync(await text.ReadToEndAsync(ct));
    }
}
