using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Loading;
using Kakehashi.ServiceDefaults;
using Kakehashi.TestKit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Kakehashi.Node.Tests;

/// <summary>A real node over a small CSV biobank, reached on a loopback port of its own beside the tunnel it dials in vain.</summary>
public sealed class TestNode : IAsyncDisposable
{
    public const string Slug = "test";

    public static readonly Purpose Purpose = new(ResearchUse.HMB, [], EthicsApproval: true);

    private const string Configuration = """
        id: test
        name: Test biobank
        nameJa: 試験バイオバンク
        dataDate: 2026-04-01
        model: csv
        disclosure: standard
        datasets:
          - id: main
            terms: [DUO:0000006, DUO:0000021]
          - id: ancestry
            terms: [DUO:0000011]
        csv:
          codes:
            - {kind: measurement, code: "LOINC:4548-4", label: HbA1c, labelJa: HbA1c, unit: "%", units: {mmol/mol: {factor: 0.09148, offset: 2.152}}}
            - {kind: condition, code: "ICD10:E11", label: Type 2 diabetes mellitus, labelJa: 2型糖尿病}
            - {kind: biosample, code: dna, label: DNA, labelJa: DNA}
          files:
            - path: people.csv
              id: id
              participant:
                sex: sex
                age: age
                dataset: {column: dataset}
                permissions: {column: permissions, separator: ";"}
              conditions:
                - {column: conditions, separator: ";"}
              measurements:
                - {code: "LOINC:4548-4", column: hba1c, unit: "%"}
              biosamples:
                - {column: biosamples, separator: ";"}

        """;

    private TestNode(TestIssuer issuer, DirectoryInfo folder) => (Issuer, Folder) = (issuer, folder);

    public TestIssuer Issuer { get; }

    public DirectoryInfo Folder { get; }

    public WebApplication App { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    /// <summary>Header: id,sex,age,dataset,permissions,conditions,hba1c,biosamples.</summary>
    public static async Task<TestNode> StartAsync(IEnumerable<string> people, params string[] settings)
    {
        var ct = TestContext.Current.CancellationToken;
        var node = new TestNode(await TestIssuer.StartAsync(ct), Directory.CreateTempSubdirectory("kakehashi-node-"));
        await File.WriteAllTextAsync(Path.Combine(node.Folder.FullName, "biobank.yaml"), Configuration, ct);
        await File.WriteAllLinesAsync(
            Path.Combine(node.Folder.FullName, "people.csv"), people.Prepend("id,sex,age,dataset,permissions,conditions,hba1c,biosamples"), ct);
        await node.RunAsync(settings);
        return node;
    }

    /// <summary>Stops the node, if it runs, and starts it on the same data.</summary>
    public async Task RunAsync(params string[] settings)
    {
        await StopAsync();
        App = await Program.BuildAsync(
        [
            $"--Tokens:Authority={Issuer.Authority}", $"--Tokens:Audience={Audiences.Node(Slug)}",
            $"--Tokens:ClientId={Audiences.Node(Slug)}", $"--Tokens:ClientKeyFile={Issuer.AddClient(Audiences.Node(Slug), Roles.Node)}",
            $"--Node:Biobank={Path.Combine(Folder.FullName, "biobank.yaml")}", $"--Node:DataDirectory={Path.Combine(Folder.FullName, "data")}",
            "--Ledger:MeteringUrl=http://127.0.0.1:9/", "--Tunnel:GatewayUrl=http://127.0.0.1:9/", .. settings,
        ],
        builder =>
        {
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        });
        await App.StartAsync(TestContext.Current.CancellationToken);
        Http = new() { BaseAddress = new(App.Urls.Single(url => url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal))) };
        await Until(() => App.Services.GetRequiredService<LoadState>().Current is not { Index: null, Code: "node.loading" });
    }

    /// <summary>Consent says that nothing newer is waiting.</summary>
    public void HearFromConsent(params ConsentChange[] changes)
    {
        var live = App.Services.GetRequiredService<LiveIndex>();
        var applied = App.Services.GetRequiredService<ConsentReplica>().Applied;
        live.Apply(new(applied, changes, applied + changes.Length));
    }

    public string TokenFor(Purpose purpose, string subject = "sato") => Issuer.NodeToken(
        subject, Slug, new(UseAuthorization.TypeName, purpose, "project-1"), [Roles.Researcher], "Example University");

    /// <summary>A role's own token for this node.</summary>
    public string TokenOf(string role) => Issuer.Token(role, Audiences.Node(Slug), [role]);

    public async Task<CountAnswer> CountAsync(string cohort, Purpose? purpose = null, params string[] by)
    {
        using var answer = await SendAsync(cohort, TokenFor(purpose ?? Purpose), by);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<CountAnswer>(ServiceDefaultsExtensions.Json, TestContext.Current.CancellationToken))!;
    }

    public async Task<HttpResponseMessage> SendAsync(string cohort, string? token, params string[] by)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/counts")
        {
            Content = JsonContent.Create(new { cohort = JsonElement.Parse(cohort), breakdown = by }),
        };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async Task StopAsync()
    {
        if (App is not null)
        {
            Http.Dispose();
            await App.StopAsync(CancellationToken.None);
            await App.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Issuer.DisposeAsync();
        Folder.Delete(recursive: true);
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
