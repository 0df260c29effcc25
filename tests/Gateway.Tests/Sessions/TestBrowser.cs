using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace Kakehashi.Gateway.Tests.Sessions;

/// <summary>A browser without pictures: keeps Secure cookies as browsers do on loopback, follows nothing by itself, and remembers all it was told.</summary>
public sealed partial class TestBrowser(string server, string origin) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new(server) };

    public Dictionary<string, string> Cookies { get; private init; } = [];

    /// <summary>Everything that came back, headers and bodies.</summary>
    public List<string> Told { get; } = [];

    /// <summary>The same browser, whose requests another instance happens to get.</summary>
    public TestBrowser At(string instance) => new(instance, origin) { Cookies = Cookies };

    public void Take(IEnumerable<string?> setCookies)
    {
        foreach (var cookie in setCookies)
        {
            var pair = cookie!.Split(';')[0].Split('=', 2);
            if (pair[1].Length == 0)
            {
                Cookies.Remove(pair[0]);
            }
            else
            {
                Cookies[pair[0]] = pair[1];
            }
        }
    }

    /// <summary>From the sign-in link until the platform's own page comes, agreeing to what is asked on the way.</summary>
    public async Task<Page> SignInAsync(string query = "")
    {
        var page = await GetAsync($"/session/sign-in{query}");
        for (var step = 0; page.Location is { } next && (next.StartsWith($"{origin}/id/", StringComparison.Ordinal) || next.StartsWith($"{origin}/session/", StringComparison.Ordinal)); step++)
        {
            Assert.True(step < 10, "it goes round in circles");
            page = await GetAsync(next[origin.Length..]);
            if (page.Status == HttpStatusCode.OK && AgreementRequest().Match(page.Body) is { Success: true } asked)
            {
                page = await PostAsync("/id/agreement", [("request", asked.Groups[1].Value), ("decision", "agree")]);
            }
        }

        return page;
    }

    public Task<Page> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    /// <summary>As script of our own pages calls the API.</summary>
    public Task<Page> CallAsync(HttpMethod method, string path) =>
        SendAsync(method, path, null, [("Sec-Fetch-Site", "same-origin"), ("X-Kakehashi-CSRF", "1")]);

    /// <summary>Submits a form of one of our own pages.</summary>
    public Task<Page> PostAsync(string path, IEnumerable<(string Name, string Value)> form) => SendAsync(
        HttpMethod.Post,
        path,
        new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        [("Sec-Fetch-Site", "same-origin")]);

    public async Task<Page> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (Cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        string[] cookies = answer.Headers.TryGetValues("Set-Cookie", out var set) ? [.. set] : [];
        Take(cookies);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        lock (Told)
        {
            Told.Add($"{answer.Headers} {answer.Content.Headers} {body}");
        }

        return new(answer.StatusCode, answer.Headers.Location?.OriginalString, cookies, body);
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("name=\"request\" value=\"([^\"]+)\"")]
    private static partial Regex AgreementRequest();

    /// <summary>What came back: a page, or the way to the next one.</summary>
    public sealed record Page(HttpStatusCode Status, string? Location, IReadOnlyList<string> SetCookies, string Body)
    {
        /// <summary>A parameter of the address it leads to.</summary>
        public string? this[string parameter] =>
            Location is null ? null : QueryHelpers.ParseQuery(Location[(Location.IndexOf('?', StringComparison.Ordinal) + 1)..])
                .TryGetValue(parameter, out var value) ? value.ToString() : null;

        public System.Text.Json.JsonElement Json => System.Text.Json.JsonElement.Parse(Body);

        /// <summary>The stable code of a problem; null for anything else.</summary>
        public string? Problem => Body.StartsWith('{') && Json.TryGetProperty("type", out var type) ? type.GetString()!.Replace("urn:kakehashi:problem:", "", StringComparison.Ordinal) : null;
    }
}
