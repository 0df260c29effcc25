using Kakehashi.Seeds;

namespace Kakehashi.AppHost.Platform;

/// <summary>OMOP CDM files a person wants to try the platform with: loaded into a database of the private PostgreSQL.</summary>
public static class CdmFiles
{
    /// <summary>For each <c>NAME=DIR</c>: a database of that name, and its read-only connection in <c>KAKEHASHI_NAME</c>.</summary>
    public static async Task LoadAsync(PostgresCluster postgres, PlatformFolder folder, string[] sources, Steps steps, CancellationToken ct)
    {
        foreach (var source in sources)
        {
            var (name, directory) = source.Split('=', 2) is [var n, var d] && n.Length > 0 && n.All(char.IsAsciiLetterLower)
                ? (n, d)
                : throw new PlatformException($"'{source}' is not NAME=DIR with a name of lower-case letters.");
            if (!Directory.Exists(directory))
            {
                throw new PlatformException($"There is no folder {directory}.");
            }

            var (connection, isNew) = await postgres.SourceAsync($"cdm_{name}", ct);
            if (isNew)
            {
                await steps.RunAsync($"OMOP CDM files of {name}", _ => CdmSample.LoadAsync(connection, directory, ct));
            }

            Environment.SetEnvironmentVariable(
                $"KAKEHASHI_{name.ToUpperInvariant()}",
                await CdmSample.GrantReaderAsync(connection, $"cdm_{name}_reader", folder.Secret($"postgres-cdm-{name}-reader"), ct));
        }
    }
}
