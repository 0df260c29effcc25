using System.CommandLine;
using Kakehashi.AppHost.SignIn;
using Spectre.Console;

namespace Kakehashi.AppHost.Commands;

/// <summary>Signs a person in on this machine, in their browser wherever that is, and out again.</summary>
internal static class SignInCommand
{
    public static Command Create()
    {
        var (data, url) = (CommonOptions.Data(), CommonOptions.Url());
        var command = new Command("sign-in", "Sign in on this machine, in a browser here or elsewhere") { url, data };
        command.SetAction(async (parsed, ct) =>
        {
            var front = CommonOptions.FrontOf(parsed, url, data);
            await Person.SignInAsync(front, Show, ct);
            AnsiConsole.MarkupLineInterpolated($"[green]✓[/] Signed in at {front}. Try: ./kakehashi token");
        });
        return command;
    }

    public static Command CreateSignOut()
    {
        var command = new Command("sign-out", "End the sign-in on this machine");
        command.SetAction(async (_, ct) => Console.WriteLine(await Person.SignOutAsync(ct) ? "Signed out." : "Nobody was signed in."));
        return command;
    }

    private static void Show(string address, string code) => AnsiConsole.MarkupLineInterpolated(
        $"Open [bold]{address}[/] in a browser, sign in, and approve the code [bold]{code}[/].");
}
