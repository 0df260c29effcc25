using System.CommandLine;
using Kakehashi.AppHost.Platform;

namespace Kakehashi.AppHost.Commands;

/// <summary>Prints the one-time code that a demo account's authenticator app would show now.</summary>
internal static class CodeCommand
{
    public static Command Create()
    {
        var account = new Argument<string>("account") { Description = $"One of {string.Join(", ", DemoAccounts.All.Select(a => a.Id))}" };
        var data = CommonOptions.Data();
        var command = new Command("code", "Print a demo account's one-time code, to sign in with in a browser") { account, data };
        command.SetAction(parsed =>
        {
            var (folder, id) = (CommonOptions.FolderOf(parsed, data), parsed.GetRequiredValue(account));
            CommonOptions.RunningOn(folder);
            Console.WriteLine(DemoSecrets.Code(folder, id, TimeProvider.System.GetUtcNow()) ?? throw new PlatformException($"There is no demo account '{id}'."));
        });
        return command;
    }
}
