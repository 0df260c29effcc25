using System.CommandLine;
using Kakehashi.AppHost.Platform;
using Kakehashi.AppHost.SignIn;

namespace Kakehashi.AppHost.Commands;

/// <summary>
/// Prints a short-lived access token: of a demo account of the platform on this machine, or of the person who signed in here. The latter
/// is bound to this machine's key (DPoP), so it opens nothing by itself.
/// </summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var account = new Argument<string?>("account")
        {
            Description = $"One of {string.Join(", ", DemoAccounts.All.Select(a => a.Id))}; left out: who signed in with ./kakehashi sign-in",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var data = CommonOptions.Data();
        var command = new Command("token", "Print an access token (5 minutes) for a demo account, or for who signed in") { account, data };
        command.SetAction(async (parsed, ct) =>
        {
            if (parsed.GetValue(account) is { } id)
            {
                var folder = CommonOptions.FolderOf(parsed, data);
                Console.WriteLine(await LocalTokens.GetAsync(folder, CommonOptions.RunningOn(folder).Front, id, ct));
                return;
            }

            var person = await Person.FindAsync(null, ct)
                ?? throw new PlatformException("Nobody is signed in on this machine. Sign in: ./kakehashi sign-in, or name a demo account.");
            Console.WriteLine(person.Caller.Token);
        });
        return command;
    }
}
