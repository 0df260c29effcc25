using System.CommandLine;
using Kakehashi.Adapters;
using Kakehashi.AppHost.Commands;
using Kakehashi.AppHost.Platform;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace Kakehashi.AppHost;

/// <summary>The <c>kakehashi</c> command.</summary>
public static class Program
{
    /// <summary>Columns of a table that goes to a file or another program.</summary>
    private const int PageWidth = 160;

    /// <summary>After Ctrl-C: as long as ten hosts and a database may take to stop in order, or PostgreSQL would be left running.</summary>
    private static readonly TimeSpan TimeToStop = TimeSpan.FromMinutes(2);

    public static async Task<int> Main(string[] args)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Width = PageWidth;
        }

        var root = new RootCommand("Kakehashi: ask questions across biobanks; the data stay where they are.")
        {
            UpCommand.Create(),
            SearchCommand.Create(),
            TokenCommand.Create(),
            SignInCommand.Create(),
            SignInCommand.CreateSignOut(),
            CodeCommand.Create(),
            ClientCommand.Create(),
            NodeCommand.Create(),
            BenchCommand.Create(),
            TestCommand.Create(),
        };
        try
        {
            return await root.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToStop });
        }
        catch (Exception refused) when (refused is PlatformException or BiobankUnreadableException or OptionsValidationException)
        {
            await Console.Error.WriteLineAsync($"kakehashi: {refused.Message}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130; // Ctrl-C
        }
    }
}
