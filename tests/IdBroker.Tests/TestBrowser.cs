using System.Net;
using System.Security.Cryptography;
using System.Text;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.WebUtilities;

namespace Kakehashi.IdBroker.Tests;

/// <summary>A browser without pictures: keeps Secure cookies as browsers do on loopback, and follows nothing by itself.</summary>
public sealed class TestBrowser : IDisposable
{
    private readonly HttpClient _http;
    private readonly Dictionary<string, string> _cookies = [];

    public TestBrowser(Uri address) => _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };

    /// <summary>PKCE: the verifier of every request this browser makes for a client.</summary>
    public static string Verifier { get; } = new('v', 50);

    public static string Challenge { get; } = StrictBase64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    public IReadOnlyDictionary<string, string> Cookies => _cookies;

    /// <summary>The address the Gateway would report; null: no Gateway in front.</summary>
    public string? From { get; set; }

    public string? AcceptLanguage { get; set; }

    public static string Callback(string client) => $"https://{client}.example/callback";

    /// <summary>A good authorization request; later values win, null leaves one out.</summary>
    public static Dictionary<string, string?> Ask(string client, params (string Name, string? Value)[] changes)
    {
        var ask = new Dictionary<string, string?>
        {
            ["client_id"] = client,
            ["redirect_uri"] = Callback(client),
            ["response_type"] = "code",
            ["scope"] = "openid",
            ["state"] = "s t&te",
            ["nonce"] = "n-1",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in changes)
        {
            ask[name] = value;
        }

        return ask;
    }

    public void Take(IEnumerable<string?> setCookies)
    {
        foreach (var cookie in setCookies)
        {
            var pair = cookie!.Split(';')[0].Split('=', 2);
            if (pair[1].Length == 0)
            {
                _cookies.Remove(pair[0]);
            }
            else
            {
                _cookies[pair[0]] = pair[1];
            }
        }
    }

    public Task<Page> AuthorizeAsync(Dictionary<string, string?> ask) => GetAsync(QueryHelpers.AddQueryString("/authorize", ask));

    public Task<Page> GetAsync(string path) => SendAsync(new(HttpMethod.Get, path));

    /// <summary>Submits a form of one of our own pages.</summary>
    /// <param name="site">Sec-Fetch-Site; null for a browser that does not send it.</param>
    public Task<Page> PostAsync(string path, IEnumerable<(string Name, string Value)> form, string? site = "same-origin")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return SendAsync(request);
    }

    /// <summary>What the script of our own pages sends.</summary>
    public Task<Page> PostJsonAsync(string path, string json, string? site = "same-origin")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        return SendAsync(request);
    }

    public void Dispose() => _http.Dispose();

    private async Task<Page> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.Accept.ParseAdd("text/html");
            if (_cookies.Count > 0)
            {
                request.Headers.Add("Cookie", string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            }

            if (From is not null)
            {
                request.Headers.Add("X-Forwarded-For", From);
            }

            if (AcceptLanguage is not null)
            {
                request.Headers.Add("Accept-Language", AcceptLanguage);
            }

            using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            if (answer.Headers.TryGetValues("Set-Cookie", out var cookies))
            {
                Take(cookies);
            }

            return new(answer.StatusCode, answer.Headers.Location?.OriginalString, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            {
                RetryAfter = answer.Headers.RetryAfter?.Delta,
            };
        }
    }

    /// <summary>What came back: a page, or the way to the next one.</summary>
    public sealed record Page(HttpStatusCode Status, string? Location, string Body)
    {
        public TimeSpan? RetryAfter { get; init; }

        /// <summary>A parameter of the address it leads to.</summary>
        public string? this[string parameter] =>
            Location is null ? null : QueryHelpers.ParseQuery(Location[(Location.IndexOf('?', StringComparison.Ordinal) + 1)..])
                .TryGetValue(parameter, out var value) ? value.ToString() : null;

        public bool LeadsTo(string start) => Location?.StartsWith(start, StringComparison.Ordinal) == true;
    }
}
