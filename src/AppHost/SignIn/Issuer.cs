using System.Text.Json;
using Kakehashi.AppHost.Platform;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.SignIn;

/// <summary>A platform's issuer as the command line meets it: a public client whose every token request is proven with its user's key.</summary>
internal sealed class Issuer : IDisposable
{
    /// <summary>The command line of people, wherever they are.</summary>
    public const string ClientId = "kakehashi-cli";

    private readonly HttpClient _http;
    private readonly IssuerDocument _document;

    private Issuer(HttpClient http, IssuerDocument document) => (_http, _document) = (http, document);

    public static async Task<Issuer> FindAsync(Uri front, CancellationToken ct)
    {
        var http = IssuerDocument.CreateHttpClient();
        try
        {
            return new(http, await IssuerDocument.FetchAsync(http, $"{front}id", ct));
        }
        catch (IssuerException away)
        {
            http.Dispose();
            throw new PlatformException($"No platform answers at {front}: {away.Message}", away);
        }
    }

    public Task<JsonElement> StartDeviceAsync(string scope, CancellationToken ct) => PostAsync(
        Known(_document.DeviceAuthorizationEndpoint), [new("client_id", ClientId), new("scope", scope)], null, ct);

    public Task<JsonElement> TokenAsync(IEnumerable<KeyValuePair<string, string>> grant, ProofKey key, CancellationToken ct) => PostAsync(
        Known(_document.TokenEndpoint), [new("client_id", ClientId), .. grant], key, ct);

    public Task RevokeAsync(string refreshToken, CancellationToken ct) => PostAsync(
        Known(_document.RevocationEndpoint), [new("client_id", ClientId), new("token", refreshToken)], null, ct);

    public void Dispose() => _http.Dispose();

    /// <summary>Throws <see cref="TokenRequestException"/> with the issuer's own error.</summary>
    private async Task<JsonElement> PostAsync(Uri address, IEnumerable<KeyValuePair<string, string>> form, ProofKey? key, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent(form) };
        if (key is not null)
        {
            request.Headers.Add(DpopProofs.Scheme, key.Prove(HttpMethod.Post, address, null));
        }

        try
        {
            using var answer = await _http.SendAsync(request, ct);
            StrictJson.TryReadObject(await answer.Content.ReadAsByteArrayAsync(ct), out var json);
            return answer.IsSuccessStatusCode ? json
                : json.ValueKind == JsonValueKind.Object && json.Text("error") is { } error ? throw new TokenRequestException(error, json.Text("error_description") ?? error)
                : throw new PlatformException($"{address} answered with status {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException away)
        {
            throw new PlatformException($"{address} cannot be reached.", away);
        }
    }

    private static Uri Known(Uri? endpoint) => endpoint ?? throw new PlatformException("This platform offers no sign-in from the command line.");
}
