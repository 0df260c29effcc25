using System.Collections.Frozen;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Kakehashi.Catalog.Nodes;

/// <summary>
/// The line to the nodes, through the Gateway's private side: one pool of kept-alive connections, nothing followed,
/// nothing remembered.
/// </summary>
internal sealed class NodeLine(IOptions<CatalogOptions> options) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly FrozenDictionary<string, NodeUrls> _urls = options.Value.Biobanks.ToFrozenDictionary(
        biobank => biobank,
        biobank => new NodeUrls($"{options.Value.NodesUrl!.AbsoluteUri.TrimEnd('/')}/{biobank}"));

    private readonly HttpMessageInvoker _http = new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        },
        disposeHandler: true);

    public Task<NodeReply> GetDescriptionAsync(string biobank, string token, CancellationToken ct) =>
        SendAsync(new(HttpMethod.Get, _urls[biobank].Description), token, options.Value.LargestAnswerBytes, ct);

    public Task<NodeReply> GetVariablesAsync(string biobank, string token, CancellationToken ct) =>
        SendAsync(new(HttpMethod.Get, _urls[biobank].Variables), token, options.Value.LargestCatalogueBytes, ct);

    public Task<NodeReply> PostCountAsync(string biobank, byte[] question, string token, CancellationToken ct) =>
        PostAsync(_urls[biobank].Counts, question, token, ct);

    public Task<NodeReply> PostAccessAsync(string biobank, byte[] question, string token, CancellationToken ct) =>
        PostAsync(_urls[biobank].Access, question, token, ct);

    public void Dispose() => _http.Dispose();

    private Task<NodeReply> PostAsync(Uri address, byte[] question, string token, CancellationToken ct)
    {
        var content = new ByteArrayContent(question) { Headers = { ContentType = Json } };
        return SendAsync(new(HttpMethod.Post, address) { Content = content }, token, options.Value.LargestAnswerBytes, ct);
    }

    /// <summary>
    /// Throws <see cref="HttpRequestException"/> or <see cref="IOException"/> when the node is not there, and
    /// <see cref="BadAnswerException"/> when it says too much.
    /// </summary>
    private async Task<NodeReply> SendAsync(HttpRequestMessage request, string token, int largest, CancellationToken ct)
    {
        using (request)
        {
            request.Headers.Authorization = new("Bearer", token);
            using var response = await _http.SendAsync(request, ct);
            return new(response.StatusCode, await ReadAsync(response.Content, largest, ct));
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, int largest, CancellationToken ct)
    {
        var announced = content.Headers.ContentLength ?? 4096;
        var buffer = new byte[(announced <= largest ? announced : throw TooLarge(largest)) + 1];
        await using var stream = await content.ReadAsStreamAsync(ct);
        for (var length = 0; ;)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(length), ct);
            length += read;
            if (read == 0)
            {
                return buffer.AsMemory(0, length);
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length <= largest ? Math.Min(2 * length, largest + 1) : throw TooLarge(largest));
            }
        }
    }

    private static BadAnswerException TooLarge(int largest) => new($"The node's answer is larger than {largest} bytes.");

    private sealed class NodeUrls(string node)
    {
        public Uri Access { get; } = new($"{node}/access");

        public Uri Counts { get; } = new($"{node}/counts");

        public Uri Description { get; } = new($"{node}/description");

        public Uri Variables { get; } = new($"{node}/variables");
    }
}
