using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Consent;

/// <summary>The biobanks whose consents are kept here, as configured. One that is no longer configured keeps its record.</summary>
internal static class Biobanks
{
    public static async Task RegisterAsync(IServiceProvider services, CancellationToken ct)
    {
        var biobanks = services.GetRequiredService<IOptions<ConsentOptions>>().Value.Biobanks.ToArray();
        await using var connection = await services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(ct);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO biobank (biobank_id) SELECT unnest(@biobanks) ON CONFLICT DO NOTHING;
            INSERT INTO replication (biobank_id) SELECT unnest(@biobanks) ON CONFLICT DO NOTHING;
            """,
            new { biobanks },
            cancellationToken: ct));
    }
}
