using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Kakehashi.AppHost.Platform;
using Kakehashi.Platform.Tests.Audits;

namespace Kakehashi.Platform.Tests.Processes;

/// <summary>A person at a terminal who signs in with a browser elsewhere.</summary>
[Collection<DemoPlatformTests>]
public sealed partial class SignInTests(DemoPlatform demo)
{
    private const string Everybody = """{"sex":"female"}""";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_signs_in_asks_in_their_own_name_and_signs_out()
    {
        var home = Directory.CreateTempSubdirectory("kakehashi-home-").FullName;
        try
        {
            await SignInAsync(home, "sato");
            var kept = Path.Combine(home, "kakehashi", "sign-in.json");
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(kept));

            var token = await RunAsync(home, "token");
            Assert.Equal((0, ""), (token.ExitCode, token.Errors));
            foreach (var path in new[] { "api/catalog/biobanks", "api/id/account", "id/account", "id/roles" })
            {
                var stolen = await demo.Platform.SendAsync(HttpMethod.Get, path, token.Output.Trim(), null, _ct);
                Assert.Equal((HttpStatusCode.Unauthorized, "token.proof-needed"), (stolen.Status, stolen.Code()));
            }


            var search = await RunAsync(home, "search", Everybody, "--purpose", "HMB", "--ethics", "--url", $"{demo.Platform.Local.Front}");
            Assert.True(search.ExitCode == 0, search.Errors);
            Assert.Contains("from 5 of 5 biobanks", search.Output, StringComparison.Ordinal);

            // Once the first token is used up, the next is asked for with what was kept, by however many commands at once.
            await ExpireAsync(kept);
            var both = await Task.WhenAll(RunAsync(home, "token"), RunAsync(home, "token"));
            Assert.All(both, printed => Assert.Equal((0, ""), (printed.ExitCode, printed.Errors)));
            Assert.Equal(both[0].Output, both[1].Output);
            Assert.NotEqual(token.Output, both[0].Output);

            Assert.Contains("Signed out", (await RunAsync(home, "sign-out")).Output, StringComparison.Ordinal);
            Assert.False(File.Exists(kept));
            var nobody = await RunAsync(home, "token");
            Assert.Equal(1, nobody.ExitCode);
            Assert.Contains("./kakehashi sign-in", nobody.Errors, StringComparison.Ordinal);
            var events = await Eventually.SeesAsync(
                () => MeteringLog.OfAsync(demo.Platform, "kind=token-family.revoked&actor=kakehashi-cli", _ct), seen => seen.Count > 0, _ct);
            Assert.All(events, e => Assert.Equal("client-revoked", e.Access!.Reason));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task An_operator_who_signed_in_with_two_factors_looks_after_another_platforms_clients()
    {
        var home = Directory.CreateTempSubdirectory("kakehashi-home-").FullName;
        try
        {
            var url = $"{demo.Platform.Local.Front}";
            var stranger = await RunAsync(home, "client", "list", "--url", url);
            Assert.Equal(1, stranger.ExitCode);
            Assert.Contains("Sign in first", stranger.Errors, StringComparison.Ordinal);
            await SignInAsync(home, "watanabe");

            var list = await RunAsync(home, "client", "list", "--url", url);

            Assert.True(list.ExitCode == 0, list.Errors);
            Assert.Contains("kakehashi-cli", list.Output, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    [Fact]
    public async Task The_code_of_a_demo_account_is_printed_and_nobody_elses()
    {
        var code = await RunAsync("/nonexistent", "code", "sato");
        var nobody = await RunAsync("/nonexistent", "code", "nobody");

        Assert.Matches(@"^\d{6}\n$", code.Output);
        Assert.Equal((1, ""), (nobody.ExitCode, nobody.Output));
    }

    private async Task SignInAsync(string home, string account)
    {
        using var process = ChildProcess.Start("AppHost", null, ["sign-in", "--data", demo.Platform.Folder.Root], home);
        var shown = await Eventually.SeesAsync(
            () => Task.FromResult(Shown().Match(process.Output.ReplaceLineEndings(""))), seen => seen.Success || process.HasExited, _ct);
        Assert.True(shown.Success, process.Errors);
        using var browser = new FormBrowser(demo.Platform.Local.Front);
        var page = await browser.GetAsync($"id/device?user_code={shown.Groups[1].Value}", _ct);
        var asked = page.Location!.Query;
        page = await browser.PostAsync($"id/sign-in{asked}", [("username", account), ("password", DemoSecrets.Password(demo.Platform.Folder))], _ct);
        if (page.Location!.AbsolutePath.EndsWith("/second", StringComparison.Ordinal))
        {
            var code = DemoSecrets.Code(demo.Platform.Folder, account, TimeProvider.System.GetUtcNow())!;
            page = await browser.PostAsync($"id/sign-in/second{page.Location.Query}", [("code", code)], _ct);
        }

        Assert.Equal(HttpStatusCode.SeeOther, page.Status);
        page = await browser.PostAsync("id/device", [("user_code", shown.Groups[1].Value), ("decision", "approve")], _ct);
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.True(await process.ExitCodeAsync(_ct) == 0, process.Errors);
        Assert.Contains("Signed in", process.Output, StringComparison.Ordinal);
    }

    private async Task<(int ExitCode, string Output, string Errors)> RunAsync(string home, params string[] arguments)
    {
        string[] local = arguments.Contains("--url") || arguments[0] == "sign-out" ? [] : ["--data", demo.Platform.Folder.Root];
        using var process = ChildProcess.Start("AppHost", null, [.. arguments, .. local], home);
        var exitCode = await process.ExitCodeAsync(_ct);
        return (exitCode, process.Output, process.Errors);
    }

    private async Task ExpireAsync(string path)
    {
        var kept = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(path, _ct))!;
        kept["useUntil"] = JsonSerializer.SerializeToNode(TimeProvider.System.GetUtcNow());
        await File.WriteAllTextAsync(path, kept.ToJsonString(), _ct);
    }

    [GeneratedRegex("user_code=([A-Z]{4}-[A-Z]{4})")]
    private static partial Regex Shown();
}
