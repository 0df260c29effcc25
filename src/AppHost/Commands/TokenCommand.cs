using System.CommandLine;
using Kakehashi.AppHost.Platform;

namespace Kakehashi.AppHost.Commands;

/// <summary>Prints a short-lived access token for a demo account of the platform on this machine.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var account = new Argument<string>("account") { Description = $"One of {string.Join(", ", DemoAccounts.All.Select(a => a.Id))}" };
        var data = CommonOptions.Data();
        var command = new Command("token", "Print an access token (5 minutes) for a demo account") { account, data };
        command.SetAction(async (parsed, ct) =>
        {
            var folder = CommonOptions.FolderOf(parsed, data);
            Console.WriteLine(await LocalTokens.GetAsync(folder, CommonOptions.RunningOn(folder).Front, parsed.GetRequiredValue(account), ct));
        });
        return command;
    }
}
