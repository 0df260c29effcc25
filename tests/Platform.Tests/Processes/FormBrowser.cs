using System.Net;

namespace Kakehashi.Platform.Tests.Processes;

/// <summary>A browser without pictures at the platform's front: keeps Secure cookies as browsers do on loopback, and follows nothing by itself.</summary>
internal sealed class FormBrowser(Uri front) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = front };
    private readonly Dictionary<string, string> _cookies = [];

    public Task<(HttpStatusCode Status, Uri? Location)> GetAsync(string path, CancellationToken ct) => SendAsync(new(HttpMethod.Get, path), ct);

    public Task<(HttpStatusCode Status, Uri? Location)> PostAsync(string path, IEnumerable<(string Name, string Value)> form, CancellationToken ct) => SendAsync(
        new(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
            Headers = { { "Sec-Fetch-Site", "same-origin" } },
        },
        ct);

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, Uri? Location)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        {
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            using var answer = await _http.SendAsync(request, ct);
            foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
            {
                var pair = cookie.Split(';')[0].Split('=', 2);
                _cookies[pair[0]] = pair[1];
            }

            return (answer.StatusCode, answer.Headers.Location is { } to ? new Uri(front, to) : null);
        }
    }
}
