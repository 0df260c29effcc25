using System.Diagnostics;
using System.Globalization;
using Kakehashi.Adapters;
using Kakehashi.AppHost.Platform;
using Npgsql;

namespace Kakehashi.AppHost.Bench;

/// <summary>
/// The demo biobanks once more, as a careful database administrator would keep them: normalised, codes by number, every
/// access path indexed, analysed, warm. The yardstick for the index.
/// </summary>
internal sealed class SqlCopy : IAsyncDisposable
{
    private const int Repeats = 5;

    private static readonly string[] Tables = ["participants", "conditions", "measurements", "biosamples", "data"];
    private const double ClockTicksPerSecond = 100; // USER_HZ, the same on every Linux architecture .NET runs on

    private readonly NpgsqlConnection _connection;

    private SqlCopy(NpgsqlConnection connection) => _connection = connection;

    public static async Task<SqlCopy> BuildAsync(
        PostgresCluster postgres, PlatformFolder folder, IReadOnlyList<string> biobankFiles, Action<string> at, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(
            $"{await postgres.DatabaseAsync("bench_copy", folder.Secret("postgres-bench"), ct)};Command Timeout=0");
        await connection.OpenAsync(ct);
        var copy = new SqlCopy(connection);
        await copy.ExecuteAsync(
            """
            DROP SCHEMA public CASCADE;
            CREATE SCHEMA public;
            CREATE TABLE code (code_id serial PRIMARY KEY, code text NOT NULL UNIQUE);
            CREATE TABLE participant (participant_id serial PRIMARY KEY, biobank text, source_id text, dataset text, sex text, age smallint);
            CREATE TABLE condition (participant_id int, code_id int);
            CREATE TABLE measurement (participant_id int, code_id int, value double precision);
            CREATE TABLE biosample (participant_id int, type text);
            CREATE TABLE data (participant_id int, type text);
            CREATE TABLE permission (participant_id int, permission text);
            """, ct);
        foreach (var file in biobankFiles)
        {
            var biobank = BiobankFile.Load(file);
            at($"copying {biobank.Id}");
            await copy.AddAsync(biobank.Id, Path.GetDirectoryName(file)!, ct);
        }

        at("indexing");
        await copy.ExecuteAsync(
            """
            CREATE INDEX ON condition (code_id, participant_id); CREATE INDEX ON condition (participant_id, code_id);
            CREATE INDEX ON measurement (code_id, value, participant_id); CREATE INDEX ON measurement (participant_id);
            CREATE INDEX ON biosample (participant_id, type); CREATE INDEX ON data (participant_id, type);
            CREATE INDEX ON permission (participant_id, permission); CREATE INDEX ON participant (age, sex);
            ANALYZE;
            SET max_parallel_workers_per_gather = 0; -- CPU is compared with CPU
            SET work_mem = '256MB';
            """, ct);
        return copy;
    }

    /// <summary>The number of participants, by sex and ten years of age, and the server's CPU milliseconds for it.</summary>
    public async Task<(long Count, double CpuMs)> AskAsync(Question question, IReadOnlyList<string> datasets, CancellationToken ct)
    {
        var sql =
            $"""
            SELECT coalesce(sum(n), 0)::bigint FROM (
              SELECT p.sex, p.age / 10, count(*) AS n FROM participant p
              WHERE p.biobank || '/' || p.dataset = ANY ($1)
              AND EXISTS (SELECT FROM permission o WHERE o.participant_id = p.participant_id AND o.permission IN ('GRU', 'HMB'))
              AND {question.Where}
              GROUP BY p.sex, p.age / 10) t
            """;
        var count = await ScalarAsync(sql, datasets, ct); // warms the cache
        var server = _connection.ProcessID;
        var before = CpuTicks(server);
        for (var i = 0; i < Repeats; i++)
        {
            await ScalarAsync(sql, datasets, ct);
        }

        return (count, (CpuTicks(server) - before) / ClockTicksPerSecond * 1000 / Repeats);
    }

    public async ValueTask DisposeAsync() => await _connection.DisposeAsync();

    /// <summary>User and system time of a server process, in clock ticks (proc(5), fields 14 and 15).</summary>
    private static double CpuTicks(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat");
        var afterName = fields[(fields.LastIndexOf(')') + 2)..].Split(' ');
        return double.Parse(afterName[11], CultureInfo.InvariantCulture) + double.Parse(afterName[12], CultureInfo.InvariantCulture);
    }

    private async Task AddAsync(string biobank, string directory, CancellationToken ct)
    {
        foreach (var table in Tables)
        {
            await StageAsync(table, Path.Combine(directory, $"{table}.csv"), ct);
        }

        await ExecuteAsync(
            $"""
            INSERT INTO participant (biobank, source_id, dataset, sex, age)
              SELECT '{biobank}', participant, dataset, sex, age::smallint FROM raw_participants;
            CREATE TEMP TABLE who AS SELECT participant_id, source_id FROM participant WHERE biobank = '{biobank}';
            CREATE UNIQUE INDEX ON who (source_id);
            ANALYZE who;
            INSERT INTO code (code) SELECT DISTINCT code FROM raw_conditions UNION SELECT DISTINCT code FROM raw_measurements ON CONFLICT DO NOTHING;
            INSERT INTO condition SELECT participant_id, code_id FROM raw_conditions r JOIN who ON source_id = r.participant JOIN code USING (code);
            INSERT INTO measurement SELECT participant_id, code_id, r.value::float8 FROM raw_measurements r JOIN who ON source_id = r.participant JOIN code USING (code);
            INSERT INTO biosample SELECT participant_id, unnest(string_to_array(r.types, ';')) FROM raw_biosamples r JOIN who ON source_id = r.participant;
            INSERT INTO data SELECT participant_id, unnest(string_to_array(r.types, ';')) FROM raw_data r JOIN who ON source_id = r.participant;
            INSERT INTO permission SELECT participant_id, unnest(string_to_array(r.permissions, ';')) FROM raw_participants r JOIN who ON source_id = r.participant;
            DROP TABLE who, raw_participants, raw_conditions, raw_measurements, raw_biosamples, raw_data;
            """, ct);
    }

    private async Task StageAsync(string table, string file, CancellationToken ct)
    {
        using var reader = new StreamReader(file);
        var header = (await reader.ReadLineAsync(ct))!;
        await ExecuteAsync($"CREATE TEMP TABLE raw_{table} ({string.Join(", ", header.Split(',').Select(c => $"{c} text"))})", ct);
        await using var copy = await _connection.BeginTextImportAsync($"COPY raw_{table} FROM STDIN WITH (FORMAT csv)", ct);
        var buffer = new char[1 << 20];
        for (int read; (read = await reader.ReadAsync(buffer, ct)) > 0;)
        {
            await copy.WriteAsync(buffer.AsMemory(0, read), ct);
        }
    }

#pragma warning disable CA2100 // All SQL here is the benchmark's own.
    private async Task ExecuteAsync(string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<long> ScalarAsync(string sql, IReadOnlyList<string> datasets, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        command.Parameters.Add(new() { Value = datasets.ToArray() });
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }
#pragma warning restore CA2100
}
