using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>The parts of an issuer's discovery document (RFC 8414) that the platform uses.</summary>
public sealed record IssuerDocument(Uri JwksUri, Uri? TokenEndpoint)
{
    private const int LargestAnswerBytes = 256 * 1024;

    public Uri? AuthorizationEndpoint { get; init; }

    /// <summary>RFC 9126.</summary>
    public Uri? PushedAuthorizationRequestEndpoint { get; init; }

    /// <summary>RFC 8628.</summary>
    public Uri? DeviceAuthorizationEndpoint { get; init; }

    /// <summary>RFC 7009.</summary>
    public Uri? RevocationEndpoint { get; init; }

    public Uri? UserInfoEndpoint { get; init; }

    /// <summary>OpenID Connect RP-Initiated Logout.</summary>
    public Uri? EndSessionEndpoint { get; init; }

    /// <summary>A client for issuers: answers are bounded in size and time, redirects are not followed.</summary>
    /// <param name="around">What every request passes before it leaves.</param>
    public static HttpClient CreateHttpClient(DelegatingHandler? around = null)
    {
        HttpMessageHandler handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (around is not null)
        {
            around.InnerHandler = handler;
            handler = around;
        }

        return new(handler)
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = LargestAnswerBytes,
        };
    }

    /// <summary>Throws <see cref="IssuerException"/> when the issuer does not answer, or not with its own document.</summary>
    public static async Task<IssuerDocument> FetchAsync(HttpClient http, string authority, CancellationToken ct)
    {
        var document = await FetchJsonAsync(http, AddressOf(authority), ct);
        if (document.Text("issuer") != authority)
        {
            // RFC 8414 section 3.3: otherwise another issuer's keys could be slipped in.
            throw new IssuerException($"The discovery document at {authority} names another issuer.");
        }

        var tokenEndpoint = document.Text("token_endpoint");
        if (!IsSafe(document.Text("jwks_uri"), out var jwks) || (!IsSafe(tokenEndpoint, out var token) && tokenEndpoint is not null))
        {
            throw new IssuerException($"The discovery document at {authority} has no usable endpoints.");
        }

        return new(jwks, token)
        {
            AuthorizationEndpoint = Optional("authorization_endpoint"),
            PushedAuthorizationRequestEndpoint = Optional("pushed_authorization_request_endpoint"),
            DeviceAuthorizationEndpoint = Optional("device_authorization_endpoint"),
            RevocationEndpoint = Optional("revocation_endpoint"),
            UserInfoEndpoint = Optional("userinfo_endpoint"),
            EndSessionEndpoint = Optional("end_session_endpoint"),
        };

        Uri? Optional(string name) => IsSafe(document.Text(name), out var endpoint) ? endpoint : null;
    }

    /// <summary>Where an issuer's document lies; a slash at the end of its name is not doubled (OpenID Connect Discovery 4.1).</summary>
    public static Uri AddressOf(string authority) => new($"{authority.TrimEnd('/')}/.well-known/openid-configuration");

    public static async Task<JsonElement> FetchJsonAsync(HttpClient http, Uri address, CancellationToken ct)
    {
        try
        {
            using var answer = await http.GetAsync(address, ct);
            answer.EnsureSuccessStatusCode();
            return StrictJson.TryReadObject(await answer.Content.ReadAsByteArrayAsync(ct), out var json)
                ? json
                : throw new IssuerException($"{address} does not answer with a JSON object.");
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            throw new IssuerException($"{address} cannot be read.", fault);
        }
    }

    /// <summary>Keys and tokens travel over TLS, or do not leave the machine.</summary>
    public static bool IsSafe(string? text, [NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address)
        && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}

/// <summary>An issuer cannot be reached or does not answer as one.</summary>
public sealed class IssuerException : Exception
{
    public IssuerException()
    {
    }

    public IssuerException(string message)
        : base(message)
    {
    }

    public IssuerException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
