namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>How a client proves who it is (private_key_jwt, RFC 7523): a short statement signed with its own key.</summary>
public static class ClientAssertion
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The explicit type of draft-ietf-oauth-rfc7523bis: no other kind of token passes for an assertion.</summary>
    public const string Type = "client-authentication+jwt";

    private const int LifeSeconds = 60;

    /// <param name="issuer">The authorization server's issuer identifier; the only audience that is accepted.</param>
    public static string Create(SigningKey key, string clientId, string issuer, DateTimeOffset now) => key.Sign(Type, claims =>
    {
        claims.WriteString("iss", clientId);
        claims.WriteString("sub", clientId);
        claims.WriteString("aud", issuer);
        claims.WriteString("jti", Guid.CreateVersion7(now).ToString("N"));
        claims.WriteNumber("iat", now.ToUnixTimeSeconds());
        claims.WriteNumber("exp", now.ToUnixTimeSeconds() + LifeSeconds);
    });
}
