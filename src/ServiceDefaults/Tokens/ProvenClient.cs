using System.Text.Json;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>A client of an issuer that proves itself with its own key at every request (private_key_jwt, RFC 7523).</summary>
public sealed class ProvenClient(HttpClient http, string authority, string clientId, SigningKey key, TimeProvider clock) : IDisposable
{
    private IssuerDocument? _issuer;

    /// <summary>What the issuer says of itself. Throws <see cref="TokenRequestException"/> when it does not answer.</summary>
    public Task<IssuerDocument> DiscoverAsync() => AskAsync(Task.FromResult);

    /// <summary>Posts a form to one of the issuer's endpoints. Throws <see cref="TokenRequestException"/> for every answer but a good one.</summary>
    public Task<JsonElement> PostAsync(Func<IssuerDocument, Uri?> endpoint, IEnumerable<KeyValuePair<string, string>> form) => AskAsync(async issuer =>
    {
        using var content = new FormUrlEncodedContent([.. form, .. Assertion()]);
        using var answer = await http.PostAsync(endpoint(issuer) ?? throw new IssuerException("The issuer has no such endpoint."), content);
        return await ReadAsync(answer);
    });

    /// <summary>Posts a form whose good answer says nothing: success, or the way to a page that is not for us.</summary>
    public Task TellAsync(Func<IssuerDocument, Uri?> endpoint, IEnumerable<KeyValuePair<string, string>> form) => AskAsync(async issuer =>
    {
        using var content = new FormUrlEncodedContent(form);
        using var answer = await http.PostAsync(endpoint(issuer) ?? throw new IssuerException("The issuer has no such endpoint."), content);
        return (int)answer.StatusCode < 400 ? true : throw new IssuerException($"The issuer answered with status {(int)answer.StatusCode}.");
    });

    /// <summary>Gets one of the issuer's documents with a person's access token.</summary>
    public Task<JsonElement> GetAsync(Func<IssuerDocument, Uri?> endpoint, string accessToken) => AskAsync(async issuer =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint(issuer) ?? throw new IssuerException("The issuer has no such endpoint."))
        {
            Headers = { Authorization = new(TokenAuthentication.Scheme, accessToken) },
        };
        using var answer = await http.SendAsync(request);
        return await ReadAsync(answer);
    });

    public void Dispose()
    {
        http.Dispose();
        key.Dispose();
    }

    private async Task<T> AskAsync<T>(Func<IssuerDocument, Task<T>> ask)
    {
        try
        {
            return await ask(_issuer ??= await IssuerDocument.FetchAsync(http, authority, CancellationToken.None));
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or IssuerException)
        {
            _issuer = null; // it may have moved
            throw new TokenRequestException(TokenRequestException.Unreachable, $"The issuer {authority} gives no usable answer.", fault);
        }
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var isJson = StrictJson.TryReadObject(await answer.Content.ReadAsByteArrayAsync(), out var json);
        return answer.IsSuccessStatusCode
            ? isJson ? json : throw new IssuerException("The issuer does not answer with a JSON object.")
            : isJson && json.Text("error") is { } error
            ? throw new TokenRequestException(error, json.Text("error_description") ?? "No description.")
            : throw new TokenRequestException(TokenRequestException.Unreachable, $"The issuer answered with status {(int)answer.StatusCode}.");
    }

    private KeyValuePair<string, string>[] Assertion() =>
    [
        new("client_id", clientId),
        new("client_assertion_type", ClientAssertion.AssertionType),
        new("client_assertion", ClientAssertion.Create(key, clientId, authority, clock.GetUtcNow())),
    ];
}
