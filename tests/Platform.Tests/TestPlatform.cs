using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Kakehashi.AppHost.Platform;
using Kakehashi.Catalog.Searches;
using Kakehashi.Seeds;

namespace Kakehashi.Platform.Tests;

/// <summary>
/// The whole platform, as <c>./kakehashi up</c> starts it: in a temporary folder, on free ports, with a PostgreSQL of its own.
/// Tests talk to it through its front, as people and programs do.
/// </summary>
public sealed class TestPlatform : IAsyncDisposable
{
    private const double Scale = 0.01;
    private const int LargeBody = 1 << 20;
    private static readonly TimeSpan TokenAge = TimeSpan.FromMinutes(3);

    private readonly ConcurrentDictionary<string, (string Token, long Since)> _tokens = new();
    private readonly HttpClient _http;
    private readonly Ports _ports;
    private readonly IReadOnlyList<string> _files;

    private TestPlatform(PlatformFolder folder, Ports ports, IReadOnlyList<string> files, LocalPlatform local)
    {
        (Folder, _ports, _files, Local) = (folder, ports, files, local);
        _http = new() { BaseAddress = local.Front };
    }

    public PlatformFolder Folder { get; }

    public LocalPlatform Local { get; private set; }

    /// <summary>Every answer of Catalog and Metering that a test got, to look for what must not be in one.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    /// <summary>Where the files of the demo biobanks are.</summary>
    public static string BiobanksOf(PlatformFolder folder) => folder.Private("biobanks");

    /// <param name="sources">Files of further biobanks, made ready when the database runs.</param>
    public static async Task<TestPlatform> StartAsync(
        Func<PostgresCluster, PlatformFolder, Steps, Task<IReadOnlyList<string>>>? sources, CancellationToken ct)
    {
        // Not CreateTempSubdirectory: PostgreSQL's user must be able to enter the folder.
        var folder = new PlatformFolder(Path.Combine(Path.GetTempPath(), $"kakehashi-platform-{Guid.CreateVersion7():N}"));
        var (ports, steps) = (FreePorts(), new Steps());
        var postgres = await PostgresCluster.StartAsync(folder, ports.Postgres, fast: true, ct);
        try
        {
            await DemoBiobanks.WriteAsync(BiobanksOf(folder), Scale, ct: ct);
            IReadOnlyList<string> files =
            [
                .. DemoBiobanks.All.Select(biobank => DemoBiobanks.ConfigurationOf(BiobanksOf(folder), biobank)),
                .. sources is null ? [] : await sources(postgres, folder, steps),
            ];
            var platform = new TestPlatform(folder, ports, files, await LocalPlatform.StartAsync(folder, postgres, ports, files, steps, ct));
            await platform.Local.UntilNodesAnswerAsync(ct);
            return platform;
        }
        catch
        {
            await RemoveAsync(folder, postgres);
            throw;
        }
    }

    /// <summary>Ten consecutive loopback ports, below those that the system hands out by itself.</summary>
    public static Ports FreePorts()
    {
        for (var first = 20_000 + (Environment.ProcessId % 1_000 * 10); first < 32_000; first += 10)
        {
            try
            {
                var ports = new Ports(first);
                ports.RequireFree();
                return ports;
            }
            catch (PlatformException)
            {
                // Somebody listens on one of them: the next ten.
            }
        }

        throw new InvalidOperationException("There are no ten free ports.");
    }

    /// <summary>Stops all services and nodes, and starts them on what they left behind.</summary>
    public async Task StartAgainAsync(CancellationToken ct)
    {
        await Local.DisposeAsync();
        Local = await LocalPlatform.StartAsync(Folder, Local.Postgres, _ports, _files, new(), ct);
        await Local.UntilNodesAnswerAsync(ct);
    }

    public async Task<string> TokenAsync(string account, CancellationToken ct)
    {
        if (!_tokens.TryGetValue(account, out var held) || TimeProvider.System.GetElapsedTime(held.Since) > TokenAge)
        {
            held = (await LocalTokens.GetAsync(Folder, Local.Front, account, ct), TimeProvider.System.GetTimestamp());
            _tokens[account] = held;
        }

        return held.Token;
    }

    public async Task<SearchAnswer> SearchAsync(Question question, CancellationToken ct, string account = "sato") =>
        (await PostAsync(account, "api/catalog/searches", question.ToJson(), ct)).Read<SearchAnswer>();

    public async Task<Reply> PostAsync(string account, string path, string json, CancellationToken ct) =>
        await SendAsync(HttpMethod.Post, path, await TokenAsync(account, ct), new StringContent(json, Encoding.UTF8, "application/json"), ct);

    public async Task<Reply> GetAsync(string? account, string path, CancellationToken ct) =>
        await SendAsync(HttpMethod.Get, path, account is null ? null : await TokenAsync(account, ct), null, ct);

    public async Task<Reply> SendAsync(
        HttpMethod method, string path, string? token, HttpContent? content, CancellationToken ct, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        request.Headers.ExpectContinue = content?.Headers.ContentLength > LargeBody; // as curl does: a refusal may come before the body has gone
        using var answer = await _http.SendAsync(request, ct);
        var text = await answer.Content.ReadAsStringAsync(ct);
        if (path.StartsWith("api/catalog", StringComparison.Ordinal) || path.StartsWith("api/metering", StringComparison.Ordinal))
        {
            Said.Enqueue(text);
        }

        return new(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, text);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Local.DisposeAsync();
        await RemoveAsync(Folder, Local.Postgres);
    }

    private static async Task RemoveAsync(PlatformFolder folder, PostgresCluster postgres)
    {
        await postgres.DisposeAsync();
        await PostgresCluster.RemoveAsync(folder, CancellationToken.None);
        Directory.Delete(folder.Root, recursive: true);
    }
}
