using System.CommandLine;
using System.Globalization;
using Kakehashi.AppHost.Platform;
using Kakehashi.Seeds;
using Spectre.Console;

namespace Kakehashi.AppHost.Commands;

/// <summary>Starts the whole platform on this machine with five demo biobanks, and any others given.</summary>
internal static class UpCommand
{
    private const double DefaultScale = 0.1;
    private const int DefaultPort = 5600;

    public static Command Create()
    {
        var data = CommonOptions.Data();
        var port = new Option<int>("--port") { Description = "First of ten loopback ports", DefaultValueFactory = _ => DefaultPort };
        var scale = new Option<double>("--scale") { Description = "Size of the demo biobanks; 1 is 640,000 participants", DefaultValueFactory = _ => DefaultScale };
        var reset = new Option<bool>("--reset") { Description = "Delete the folder's data first: biobanks, databases, ledgers, keys" };
        var biobanks = new Option<string[]>("--biobank") { Description = "Another biobank's configuration file; may be repeated", HelpName = "FILE" };
        var cdm = new Option<string[]>("--cdm")
        {
            Description = "OMOP CDM files to load into the platform's PostgreSQL first; the biobank file finds them in ${KAKEHASHI_NAME}",
            HelpName = "NAME=DIR",
        };
        var command = new Command("up", "Start the platform with its demo biobanks") { data, port, scale, reset, biobanks, cdm };
        command.SetAction((parsed, ct) => RunAsync(
            CommonOptions.FolderOf(parsed, data),
            new(parsed.GetValue(port)),
            parsed.GetValue(scale),
            parsed.GetValue(reset),
            parsed.GetValue(biobanks) ?? [],
            parsed.GetValue(cdm) ?? [],
            ct));
        return command;
    }

    private static async Task<int> RunAsync(
        PlatformFolder folder, Ports ports, double scale, bool reset, string[] biobanks, string[] cdm, CancellationToken ct)
    {
        var steps = new Steps();
        using var owner = folder.TryLock()
            ?? throw new PlatformException($"A platform already runs on {folder.Root}{(folder.ReadRunning() is { } r ? $" at {r.Front}" : "")}.");
        if (reset)
        {
            await steps.RunAsync("Delete the old data", _ => PostgresCluster.RemoveAsync(folder, ct));
        }

        ports.RequireFree();
        await using var postgres = await steps.RunAsync(
            $"PostgreSQL on 127.0.0.1:{ports.Postgres}", _ => PostgresCluster.StartAsync(folder, ports.Postgres, fast: false, ct));
        await CdmFiles.LoadAsync(postgres, folder, cdm, steps, ct);
        var demo = await DemoFilesAsync(folder, scale, steps, ct);
        await using var platform = await LocalPlatform.StartAsync(folder, postgres, ports, [.. demo, .. biobanks], steps, ct);
        LoadReports.Show(platform.Nodes);
        await SampleQuestion.AskAsync(platform, folder, ct);
        Welcome(platform, folder);
        await UntilStoppedAsync(ct);
        steps.Say("Stopping ...");
        return 0;
    }

    public static async Task<IReadOnlyList<string>> DemoFilesAsync(PlatformFolder folder, double scale, Steps steps, CancellationToken ct)
    {
        var directory = folder.Private("biobanks", string.Create(CultureInfo.InvariantCulture, $"scale-{scale}"));
        if (!DemoBiobanks.IsCurrent(directory, scale))
        {
            await steps.RunAsync(string.Create(CultureInfo.InvariantCulture, $"Synthetic demo biobanks at scale {scale}"), at =>
                DemoBiobanks.WriteAsync(
                    directory,
                    scale,
                    new Progress<DemoProgress>(done => at($"{done.Done:N0} of {done.Total:N0} participants")),
                    workers: null,
                    ct));
        }

        return [.. DemoBiobanks.All.Select(biobank => DemoBiobanks.ConfigurationOf(directory, biobank))];
    }

    private static void Welcome(LocalPlatform platform, PlatformFolder folder)
    {
        AnsiConsole.MarkupLineInterpolated($"[bold]Kakehashi is at {platform.Front}[/]  (state: {platform.Front}healthz, logs: {folder.Root}/logs)");
        var accounts = new Table().Border(TableBorder.Simple).AddColumns("demo account", "role", "who");
        foreach (var account in DemoAccounts.All)
        {
            accounts.AddRow(Markup.Escape(account.Id), Markup.Escape(string.Join(", ", account.Roles)), Markup.Escape(account.About));
        }

        AnsiConsole.Write(accounts);
        AnsiConsole.MarkupLine("""
            Ask:   ./kakehashi search '{"all":[{"condition":"ICD10:E11"},{"age":{"from":50,"to":70}}]}' --purpose HMB --ethics --by sex --by age
            API:   curl -H "Authorization: Bearer $(./kakehashi token sato)" URL/api/catalog/biobanks
            Sign in at URL/session/sign-in as any of them: password PASSWORD, code from ./kakehashi code ACCOUNT
            Stop:  Ctrl-C
            """.Replace("PASSWORD", DemoSecrets.Password(folder), StringComparison.Ordinal).Replace("URL", platform.Front.ToString().TrimEnd('/'), StringComparison.Ordinal).Replace("[", "[[", StringComparison.Ordinal).Replace("]", "]]", StringComparison.Ordinal));
    }

    private static async Task UntilStoppedAsync(CancellationToken ct)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, ct);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or SIGTERM: what it means here is "stop in order".
        }
    }
}
