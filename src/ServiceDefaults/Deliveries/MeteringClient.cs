using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Logging;

namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>Metering as a producer of entries sees it. Whatever goes wrong on the way is an answer too.</summary>
/// <param name="url">Base address, with a slash at its end.</param>
/// <param name="token">The producer's own token for the platform.</param>
public sealed class MeteringClient(Uri url, Func<CancellationToken, Task<string>> token, ILogger<MeteringClient> logger) : IDisposable
{
    private const int LargestAnswerBytes = 64 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        BaseAddress = url,
        Timeout = TimeSpan.FromSeconds(30),
        MaxResponseContentBufferSize = LargestAnswerBytes,
    };

    /// <summary>Null when this is an address to send ledger entries to, else what is expected instead.</summary>
    public static string? WhyNot(Uri url, string setting) => IssuerDocument.IsSafe(url.OriginalString, out _) && url.OriginalString.EndsWith('/')
        ? null
        : $"{setting} must be an https address with a slash at its end (http only on loopback).";

    /// <summary>Below which index Metering has everything of this producer.</summary>
    public async Task<MeteringAnswer> AskAsync(string producer, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"batches/{producer}/next", UriKind.Relative));
        return await SendAsync(request, ct);
    }

    public async Task<MeteringAnswer> DeliverAsync(LedgerBatch batch, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("batches", UriKind.Relative))
        {
            Content = JsonContent.Create(batch, options: ServiceDefaultsExtensions.Json),
        };
        return await SendAsync(request, ct);
    }

    public void Dispose() => _http.Dispose();

    private async Task<MeteringAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(ct));
            using var answer = await _http.SendAsync(request, ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                var receipt = await answer.Content.ReadFromJsonAsync<LedgerBatchReceipt>(ServiceDefaultsExtensions.Json, ct);
                return new(answer.StatusCode, receipt?.NextIndex, null);
            }

            return new(answer.StatusCode, null, await ProblemAsync(answer, ct));
        }
        catch (Exception fault) when (fault is HttpRequestException or TokenRequestException or JsonException or NotSupportedException
            || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            Log.NoAnswer(logger, fault);
            return MeteringAnswer.None;
        }
    }

    private static async Task<string?> ProblemAsync(HttpResponseMessage answer, CancellationToken ct) =>
        answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
        && await answer.Content.ReadFromJsonAsync<JsonElement>(ServiceDefaultsExtensions.Json, ct) is { ValueKind: JsonValueKind.Object } problem
        && problem.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString()
            : null;
}
