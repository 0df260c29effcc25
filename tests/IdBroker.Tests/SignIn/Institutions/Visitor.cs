using System.Net;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

/// <summary>A browser in the hands of a test: keeps the broker's cookies (Secure ones too, as browsers do on loopback), follows nothing by itself.</summary>
public sealed class Visitor(string issuer) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new(issuer) };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Dictionary<string, string> Cookies { get; } = [];

    public string Language { get; set; } = "en";

    public Task<Answer> GetAsync(string address) => SendAsync(new(HttpMethod.Get, address));

    public Task<Answer> PostAsync(string address, params (string Name, string Value)[] form) => SendAsync(new(HttpMethod.Post, address)
    {
        Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        Headers = { { "Sec-Fetch-Site", "same-origin" } },
    });

    /// <summary>Leaves for the institution, signs in there, and answers the address it was sent back to.</summary>
    public async Task<Uri> VisitAsync(string slug, PlayedInstitution institution, string login, string? request = null)
    {
        var start = await GetAsync($"/institutions/{slug}/start{(request is null ? "" : $"?request={request}")}");
        Assert.Equal(HttpStatusCode.Redirect, start.Status);
        return await institution.SignInAsync(start.Location!, login, Ct);
    }

    /// <summary>The whole way there and back.</summary>
    public async Task<Answer> SignInAsync(string slug, PlayedInstitution institution, string login, string? request = null) =>
        await GetAsync((await VisitAsync(slug, institution, login, request)).PathAndQuery);

    /// <summary>The same for somebody new, who says yes to an account.</summary>
    public async Task<Answer> JoinAsync(string slug, PlayedInstitution institution, string login)
    {
        var arrived = await SignInAsync(slug, institution, login);
        Assert.True(arrived.Location?.AbsolutePath.EndsWith("/institutions/arrival", StringComparison.Ordinal), arrived.Body);
        return await PostAsync("/institutions/arrival");
    }

    public void Dispose() => _http.Dispose();

    private async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        request.Headers.Add("Accept-Language", Language);
        if (Cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }

        using var answer = await _http.SendAsync(request, Ct);
        foreach (var cookie in answer.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var parts = cookie.Split(';', StringSplitOptions.TrimEntries);
            var (name, value) = (parts[0].Split('=', 2)[0], parts[0].Split('=', 2)[1]);
            Assert.True(!name.StartsWith("__Host-", StringComparison.Ordinal) || (parts.Contains("secure") && parts.Contains("path=/")), cookie);
            if (value.Length == 0 || parts.Any(part => part.StartsWith("expires=Thu, 01 Jan 1970", StringComparison.OrdinalIgnoreCase)))
            {
                Cookies.Remove(name);
            }
            else
            {
                Cookies[name] = value;
            }
        }

        request.Dispose();
        return new(answer.StatusCode, answer.Headers.Location, await answer.Content.ReadAsStringAsync(Ct));
    }
}

public sealed record Answer(HttpStatusCode Status, Uri? Location, string Body);
