using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Kakehashi.AppHost.Platform;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.Bench;

/// <summary>
/// What it costs to issue a token and to verify one. The IdBroker runs as ever, on a PostgreSQL that waits for the disk; the caller's own
/// signatures are made beforehand, so that they are not counted.
/// </summary>
internal static class AuthBench
{
    private const string BenchClient = "bench";

    /// <summary>More than any machine takes in the time; each counts once.</summary>
    private const int AssertionsPerSecond = 4000;

    private const int VerifyRounds = 20_000;

    public static async Task RunAsync(PlatformFolder folder, Ports ports, int concurrency, TimeSpan duration, Figures figures, CancellationToken ct)
    {
        var steps = new Steps();
        ports.RequireFree();
        await using var postgres = await PostgresCluster.StartAsync(folder, ports.Postgres, fast: false, ct);
        await using var hosts = new LocalHosts(folder);
        await steps.RunAsync("IdBroker", _ => StartBrokerAsync(hosts, folder, ports, postgres, ct));
        using var key = SigningKey.FromPemFile(folder.ClientKey(BenchClient).PrivateFile);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = concurrency }) { BaseAddress = ports.IdBroker };
        var caller = new TokenCaller(http, key, IssuerOf(ports));

        await steps.RunAsync("Warming up", _ => caller.CallAsync(concurrency, duration, ct));
        var (times, elapsed) = await steps.RunAsync($"Token requests, {concurrency} at a time", _ => caller.CallAsync(concurrency, duration, ct));
        figures.Add("auth.token_per_s", times.Length / elapsed.TotalSeconds, $"tokens/s at {concurrency}");
        figures.Add("auth.token_p50_ms", Figures.Quantile(times, 0.5), "ms");
        figures.Add("auth.token_p99_ms", Figures.Quantile(times, 0.99), "ms");

        var token = await caller.OneAsync(ct);
        await steps.RunAsync("Verifying", _ => Task.Run(() => Verify(token, hosts, ports, figures), ct));
    }

    private static async Task StartBrokerAsync(LocalHosts hosts, PlatformFolder folder, Ports ports, PostgresCluster postgres, CancellationToken ct)
    {
        var clients = folder.FileIn("registry", "bench-clients.json");
        object client = new
        {
            id = BenchClient,
            publicKey = folder.ClientKey(BenchClient).PublicPem,
            roles = (string[])[Roles.Catalog],
            audiences = (string[])[Audiences.Platform],
            grants = (string[])["client_credentials"],
        };
        PlatformFolder.WritePrivate(clients, JsonSerializer.Serialize(new { clients = (object[])[client] }));
        await hosts.StartAsync("idbroker", IdBroker.Program.BuildAsync, [
            $"--urls={ports.IdBroker}", $"--ConnectionStrings:idbroker={await postgres.DatabaseAsync("idbroker", folder.Secret("postgres-idbroker"), ct)}",
            $"--IdBroker:Issuer={IssuerOf(ports)}", $"--IdBroker:ClientsFile={clients}",
            $"--IdBroker:KeyEncryptionKeyFile={folder.KeyFile("idbroker-kek")}"]);
    }

    /// <summary>Processor time and memory of one verification, with the signature checked, and of one that was verified a moment ago.</summary>
    private static void Verify(string token, LocalHosts hosts, Ports ports, Figures figures)
    {
        var published = hosts.ServicesOf("idbroker").GetRequiredService<IdBroker.SignIn.Keys.KeyRing>().Published.First();
        using var key = VerificationKey.Read(JsonSerializer.SerializeToElement(published, JsonSerializerOptions.Web))!;
        var verifier = new TokenVerifier(
            (_, _) => ValueTask.FromResult(new KeyLookup(key, null)), new(IssuerOf(ports), Audiences.Platform), TimeProvider.System);
        var verified = new VerifiedTokens(TimeProvider.System);
        verified.Add(token, TokenPrincipal.From(Claims()), TimeProvider.System.GetUtcNow().AddMinutes(4));

        var (microseconds, bytes) = Cost(() => TokenPrincipal.From(Claims()));
        figures.Add("auth.verify_us", microseconds, "µs");
        figures.Add("auth.verify_bytes", bytes, "bytes");
        figures.Add("auth.verify_per_s_core", 1e6 / microseconds, "tokens/s per core");
        figures.Add("auth.verify_again_us", Cost(() => verified.Find(token)!).Microseconds, "µs");

        JsonElement Claims()
        {
            var (claims, refusal) = verifier.VerifyAsync(token, CancellationToken.None).AsTask().GetAwaiter().GetResult();
            return refusal is null ? claims : throw new PlatformException($"The token was refused: {refusal}.");
        }
    }

    /// <summary>Of one call, on this thread alone.</summary>
    private static (double Microseconds, double Bytes) Cost(Func<object> call)
    {
        for (var warm = 0; warm < VerifyRounds; warm++)
        {
            call();
        }

        var (started, before) = (ThreadCpu.Milliseconds(), GC.GetAllocatedBytesForCurrentThread());
        for (var round = 0; round < VerifyRounds; round++)
        {
            call();
        }

        return ((ThreadCpu.Milliseconds() - started) * 1000 / VerifyRounds, (GC.GetAllocatedBytesForCurrentThread() - before) / (double)VerifyRounds);
    }

    private static string IssuerOf(Ports ports) => ports.IdBroker.ToString().TrimEnd('/');

    /// <summary>Asks for tokens with assertions that were signed before the clock starts.</summary>
    private sealed class TokenCaller(HttpClient http, SigningKey key, string issuer)
    {
        public async Task<(double[] Times, TimeSpan Elapsed)> CallAsync(int concurrency, TimeSpan duration, CancellationToken ct)
        {
            var now = TimeProvider.System.GetUtcNow();
            var count = (int)(AssertionsPerSecond * duration.TotalSeconds);
            var assertions = ParallelEnumerable.Range(0, count).Select(_ => ClientAssertion.Create(key, BenchClient, issuer, now)).ToArray();
            var (next, started) = (-1, Stopwatch.GetTimestamp());
            var times = await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => Task.Run(async () =>
            {
                var mine = new List<double>();
                while (Stopwatch.GetElapsedTime(started) < duration && Interlocked.Increment(ref next) is var at && at < count)
                {
                    var asked = Stopwatch.GetTimestamp();
                    await AskAsync(assertions[at], ct);
                    mine.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
                }

                return mine;
            }, ct)));
            return ([.. times.SelectMany(mine => mine).Order()], Stopwatch.GetElapsedTime(started));
        }

        public Task<string> OneAsync(CancellationToken ct) =>
            AskAsync(ClientAssertion.Create(key, BenchClient, issuer, TimeProvider.System.GetUtcNow()), ct);

        private async Task<string> AskAsync(string assertion, CancellationToken ct)
        {
            using var form = new FormUrlEncodedContent(
            [
                new("grant_type", "client_credentials"), new("audience", Audiences.Platform),
                new("client_assertion_type", ClientAssertion.AssertionType), new("client_assertion", assertion),
            ]);
            using var answer = await http.PostAsync(new Uri("token", UriKind.Relative), form, ct);
            var body = await answer.Content.ReadAsByteArrayAsync(ct);
            return answer.StatusCode == HttpStatusCode.OK
                ? JsonElement.Parse(body).Text("access_token")!
                : throw new PlatformException($"The IdBroker gave no token: {System.Text.Encoding.UTF8.GetString(body)}");
        }
    }
}
