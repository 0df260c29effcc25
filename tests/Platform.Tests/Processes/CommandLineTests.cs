using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Kakehashi.AppHost.Platform;
using Kakehashi.Catalog.Searches;
using Kakehashi.Platform.Tests.Audits;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Platform.Tests.Processes;

/// <summary>What a person types beside a running platform: <c>./kakehashi search | token | client | node</c>.</summary>
[Collection<DemoPlatformTests>]
public sealed class CommandLineTests(DemoPlatform demo)
{
    private const string Diabetes = """{"all":[{"condition":"ICD10:E11"},{"age":{"from":50,"to":70}}]}""";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_search_prints_each_biobank_and_the_total()
    {
        var answer = await demo.Platform.SearchAsync(new(Diabetes), _ct);

        var (exitCode, output, _) = await RunAsync("search", Diabetes, "--purpose", "HMB", "--ethics", "--by", "sex");

        Assert.Equal(0, exitCode);
        Assert.All(answer.Nodes!, node => Assert.Contains(node.Name, output, StringComparison.Ordinal));
        Assert.Contains($"{answer.Total.Value:N0} participants from {answer.Total.Answered} of 5 biobanks", output, StringComparison.Ordinal);
        Assert.Contains("female", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_search_with_json_prints_the_answer_for_scripts()
    {
        var (exitCode, output, _) = await RunAsync("search", Diabetes, "--purpose", "HMB", "--ethics", "--json");

        var answer = JsonSerializer.Deserialize<SearchAnswer>(output, ServiceDefaultsExtensions.Json)!;
        Assert.Equal(0, exitCode);
        Assert.Equal((await demo.Platform.SearchAsync(new(Diabetes), _ct)).Total, answer.Total);
    }

    [Fact]
    public async Task A_cohort_may_come_from_a_file_or_standard_input()
    {
        var file = Path.Combine(demo.Platform.Folder.Private("questions"), "diabetes.json");
        await File.WriteAllTextAsync(file, Diabetes, _ct);

        var fromFile = await RunAsync("search", file, "--purpose", "HMB", "--json");
        var fromInput = await RunWithAsync(Diabetes, "search", "-", "--purpose", "HMB", "--json");

        Assert.Equal(CohortOf(fromFile.Output), CohortOf(fromInput.Output));

        static string CohortOf(string output) => JsonElement.Parse(output).GetProperty("cohortId").GetString()!;
    }

    [Fact]
    public async Task A_bad_cohort_is_answered_with_where_and_what_is_allowed()
    {
        var (exitCode, output, _) = await RunAsync("search", """{"all":[{"sex":"woman"}]}""", "--purpose", "HMB");

        Assert.Equal(1, exitCode);
        Assert.Contains("where: /cohort/all/0/sex", output, StringComparison.Ordinal);
        Assert.Contains("female, male, other, unknown", output, StringComparison.Ordinal);
        Assert.Contains("urn:kakehashi:problem:cohort.unknown-value", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"sex\":", "not JSON")]
    [InlineData("no-such-file.json", "There is no file")]
    public async Task What_is_no_cohort_at_all_is_not_even_sent(string cohort, string says)
    {
        var (exitCode, output, errors) = await RunAsync("search", cohort, "--purpose", "HMB");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(says, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_printed_for_a_demo_account_and_nobody_else()
    {
        var sato = await RunAsync("token", "sato");
        var nobody = await RunAsync("token", "nobody");

        Assert.Equal(0, sato.ExitCode);
        Assert.Matches(@"^[\w-]+\.[\w-]+\.[\w-]+\n$", sato.Output);
        var reply = await demo.Platform.SendAsync(HttpMethod.Get, "api/catalog/biobanks", sato.Output.Trim(), null, _ct);
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal((1, ""), (nobody.ExitCode, nobody.Output));
        Assert.All(DemoAccounts.All, account => Assert.Contains(account.Id, nobody.Errors, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_tells_a_participants_reference_and_what_it_read()
    {
        var reference = await RunAsync("node", "ref", "bbj", DemoAccounts.FirstParticipant);
        var report = await RunAsync("node", "report", "bbj");
        var nowhere = await RunAsync("node", "ref", "no-such-biobank", "1");

        Assert.Equal(demo.ReferenceOf("bbj", DemoAccounts.FirstParticipant).ToWire(), reference.Output.Trim());
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(report.Output).ValueKind);
        Assert.Equal(1, nowhere.ExitCode);
        Assert.Contains("no-such-biobank", nowhere.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_registers_lists_shows_and_disables_a_client()
    {
        using var first = new Keys();
        using var second = new Keys();
        var entry = $$"""{"id": "hospital-lab", "name": "The lab", "publicKey": {{JsonSerializer.Serialize(first.Pem)}}, "audiences": ["kakehashi"], "grants": ["client_credentials"]}""";

        var set = await RunWithAsync(entry, "client", "set", "-");
        Assert.Equal((0, ""), (set.ExitCode, set.Errors));
        var list = await RunAsync("client", "list");
        Assert.Matches("hospital-lab.*The lab.*client_credentials.*operator", list.Output);
        Assert.Matches("catalog.*file", list.Output);
        var before = JsonElement.Parse((await RunAsync("client", "show", "hospital-lab")).Output);
        Assert.Equal(0, (await RunWithAsync(second.Pem, "client", "key", "hospital-lab", "-")).ExitCode);
        var after = JsonElement.Parse((await RunAsync("client", "show", "hospital-lab")).Output);
        Assert.NotEqual(before.GetProperty("publicKey").GetRawText(), after.GetProperty("publicKey").GetRawText());
        Assert.Contains("is disabled", (await RunAsync("client", "disable", "hospital-lab")).Output, StringComparison.Ordinal);
        Assert.False(JsonElement.Parse((await RunAsync("client", "show", "hospital-lab")).Output).GetProperty("enabled").GetBoolean());

        var events = await Eventually.SeesAsync(
            () => MeteringLog.OfAsync(demo.Platform, "producer=idbroker&subject=hospital-lab", _ct), seen => seen.Count == 3, _ct);
        Assert.Equal(["client.registered", "client.changed", "client.disabled"], events.Select(e => e.Access!.Kind));
        Assert.All(events, e => Assert.Equal(("watanabe", "local-cli"), (e.Access!.Actor, e.Access.Client)));
    }

    [Theory]
    [InlineData("""{"id": "lab", "grants": ["authorization_code"], "redirectUris": ["https://*.example/"]}""", "client-address-wildcard", "/redirectUris/0")]
    [InlineData("""{"id": "lab", "secret": "x"}""", "request.malformed", "secret")]
    [InlineData("""{"name": "lab"}""", "has no id", "")]
    [InlineData("[", "not JSON", "")]
    public async Task An_entry_that_cannot_be_registered_is_refused_with_what_is_wrong_where(string entry, string says, string where)
    {
        var (exitCode, output, errors) = await RunWithAsync(entry, "client", "set", "-");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains(says, errors, StringComparison.Ordinal);
        Assert.Contains(where, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_platform_a_command_says_how_to_start_one()
    {
        using var process = ChildProcess.Start("AppHost", "token", "sato", "--data", demo.Platform.Folder.Private("empty"));

        Assert.Equal(1, await process.ExitCodeAsync(_ct));
        Assert.Contains("./kakehashi up", process.Errors, StringComparison.Ordinal);
    }

    private Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => RunWithAsync(null, arguments);

    private async Task<(int ExitCode, string Output, string Errors)> RunWithAsync(string? input, params string[] arguments)
    {
        using var process = ChildProcess.Start("AppHost", input, [.. arguments, "--data", demo.Platform.Folder.Root]);
        var exitCode = await process.ExitCodeAsync(_ct);
        return (exitCode, process.Output, process.Errors);
    }

    /// <summary>A program's key pair, of which the public half is registered.</summary>
    private sealed class Keys : IDisposable
    {
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public string Pem => _key.ExportSubjectPublicKeyInfoPem();

        public void Dispose() => _key.Dispose();
    }
}
