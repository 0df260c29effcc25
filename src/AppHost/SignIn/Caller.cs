using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.SignIn;

/// <summary>Who calls a platform: an access token, and the key it is bound to where it is.</summary>
internal sealed record Caller(string Token, ProofKey? Key = null)
{
    /// <summary>A request in this caller's name, with its own proof.</summary>
    public HttpRequestMessage Request(HttpMethod method, Uri address, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Authorization = new(Key is null ? TokenAuthentication.Scheme : DpopProofs.Scheme, Token);
        if (Key is not null)
        {
            request.Headers.Add(DpopProofs.Scheme, Key.Prove(method, address, Token));
        }

        return request;
    }
}
