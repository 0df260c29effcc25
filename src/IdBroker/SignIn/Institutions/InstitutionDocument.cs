using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>The parts of an institution's discovery document that a sign-in needs.</summary>
/// <param name="NamesItself">RFC 9207: it says in every answer to the browser who it is.</param>
public sealed record InstitutionDocument(Uri AuthorizationEndpoint, Uri TokenEndpoint, Uri? UserinfoEndpoint, bool NamesItself)
{
    /// <summary>The document, or why it is none: one of <see cref="InstitutionRefusals"/>.</summary>
    public static async Task<(InstitutionDocument? Document, string? Refusal)> FetchAsync(HttpClient http, string issuer, CancellationToken ct)
    {
        try
        {
            return Read(await IssuerDocument.FetchJsonAsync(http, IssuerDocument.AddressOf(issuer), ct), issuer);
        }
        catch (IssuerException)
        {
            return (null, InstitutionRefusals.Unreachable);
        }
    }

    private static (InstitutionDocument? Document, string? Refusal) Read(JsonElement json, string issuer)
    {
        if (json.Text("issuer") != issuer)
        {
            return (null, InstitutionRefusals.WrongIssuer);
        }

        var userinfo = json.Text("userinfo_endpoint");
        Uri? userinfoEndpoint = null;
        if (!IsSafe(json.Text("authorization_endpoint"), issuer, out var authorization)
            || !IsSafe(json.Text("token_endpoint"), issuer, out var token)
            || (userinfo is not null && !IsSafe(userinfo, issuer, out userinfoEndpoint)))
        {
            return (null, InstitutionRefusals.Unreachable);
        }

        var namesItself = json.TryGetProperty("authorization_response_iss_parameter_supported", out var value) && value.ValueKind == JsonValueKind.True;
        return (new(authorization!, token!, userinfoEndpoint, namesItself), null);
    }

    // An institution outside must not send our calls to a port of this machine.
    private static bool IsSafe(string? text, string issuer, out Uri? address) =>
        IssuerDocument.IsSafe(text, out address)
        && (address.Scheme == Uri.UriSchemeHttps || issuer.StartsWith("http://", StringComparison.Ordinal));
}
