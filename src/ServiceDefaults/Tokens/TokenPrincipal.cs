using System.Security.Claims;
using System.Text.Json;
using Kakehashi.Contracts;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>Verified claims as the caller's identity. Names stay as they are in the token; a list is one claim for each entry.</summary>
public static class TokenPrincipal
{
    public static ClaimsPrincipal From(JsonElement claims) =>
        new(new ClaimsIdentity(
            claims.EnumerateObject().SelectMany(member => Read(member.Name, member.Value)),
            TokenAuthentication.Scheme,
            TokenClaims.Subject,
            TokenClaims.Roles));

    /// <summary>What the holder of a node token may do; null when the token does not say so in the one accepted way.</summary>
    public static UseAuthorization? Use(this ClaimsPrincipal user)
    {
        if (user.FindFirstValue(TokenClaims.AuthorizationDetails) is not { } details)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<IReadOnlyList<UseAuthorization>>(details, ServiceDefaultsExtensions.Json) is
                [{ Type: UseAuthorization.TypeName } use] ? use : null;
        }
        catch (JsonException)
        {
            return null; // details of another kind: this holder may do nothing with them here
        }
    }

    /// <summary>The biobanks at which the caller has one of these roles.</summary>
    public static IReadOnlyList<string> BiobanksAs(this ClaimsPrincipal user, params IReadOnlyList<string> roles) =>
    [
        .. user.FindAll(TokenClaims.BiobankRoles).Select(claim => claim.Value.Split(':')).Where(pair => pair is [var role, _] && roles.Contains(role))
            .Select(pair => pair[1]).Distinct(),
    ];

    private static IEnumerable<Claim> Read(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [new(name, value.GetString()!)],
        JsonValueKind.Array when value.EnumerateArray().All(entry => entry.ValueKind == JsonValueKind.String) =>
            value.EnumerateArray().Select(entry => new Claim(name, entry.GetString()!)),
        JsonValueKind.Null => [],
        _ => [new(name, value.GetRawText(), "JSON")],
    };
}
