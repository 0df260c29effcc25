using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Consent.Replications;

/// <summary>The line to the nodes, through the Gateway's private side, with a token for that one node.</summary>
internal sealed class NodeLine : IDisposable
{
    private const int LargestReceiptBytes = 4096;

    private readonly ConsentOptions _options;
    private readonly TokenClient _tokens;
    private readonly HttpClient _http;

    public NodeLine(IOptions<ConsentOptions> options, TokenClient tokens)
    {
        (_options, _tokens) = (options.Value, tokens);
        var handler = new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false };
        _http = new(handler, disposeHandler: true)
        {
            Timeout = _options.NodeTimeout,
            MaxResponseContentBufferSize = LargestReceiptBytes,
        };
    }

    /// <summary>
    /// The node's receipt. Throws <see cref="HttpRequestException"/>, <see cref="JsonException"/>,
    /// <see cref="TimeoutException"/> or <see cref="TokenRequestException"/> when there is none that can be used.
    /// </summary>
    public async Task<long> DeliverAsync(string biobank, ConsentChanges changes, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, _options.NodeUrl(biobank, "consent/changes"))
            {
                Content = JsonContent.Create(changes, options: ServiceDefaultsExtensions.Json),
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", await _tokens.GetAsync(Audiences.Node(biobank), ct)) },
            };
            using var response = await _http.SendAsync(request, ct);
            response.EnsureSuccessStatusCode();
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            return JsonSerializer.Deserialize<ConsentChangesReceipt>(body, ServiceDefaultsExtensions.Json)?.Applied
                ?? throw new JsonException("The receipt is null.");
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException("The node did not answer in time.", e);
        }
    }

    public void Dispose() => _http.Dispose();
}
