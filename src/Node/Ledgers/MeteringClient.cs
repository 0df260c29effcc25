using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Ledgers;

/// <summary>Metering as a node sees it. Whatever goes wrong on the way is an answer too.</summary>
public sealed class MeteringClient(IOptions<LedgerOptions> options, TokenClient tokens, ILogger<MeteringClient> logger) : IDisposable
{
    private const int LargestAnswerBytes = 64 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        BaseAddress = options.Value.MeteringUrl,
        Timeout = TimeSpan.FromSeconds(30),
        MaxResponseContentBufferSize = LargestAnswerBytes,
    };

    /// <summary>Below which index Metering has everything of this node.</summary>
    public async Task<MeteringAnswer> AskAsync(string node, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"batches/{node}/next", UriKind.Relative));
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
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(Audiences.Platform, ct));
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
