namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>How a client proves who it is (private_key_jwt, RFC 7523): a short statement signed with its own key.</summary>
public static class ClientAssertion
{
    public const string AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The explicit type of draft-ietf-oauth-rfc7523bis: no other kind of token passes for an assertion.</summary>
    public const string Type = "client-authentication+jwt";

    /// <summary>
    /// What is accepted as an assertion's type: ours, and what certified client libraries write. Nothing else that a client's
    /// own key signs for this issuer has one of these.
    /// </summary>
    public static readonly IReadOnlyList<string?> Types = [Type, "JWT", null];

    /// <summary>Type of an assertion that asks for an account's token; it proves no client.</summary>
    public const string GrantType = "authorization-grant+jwt";

    private const int LifeSeconds = 60;

    /// <param name="issuer">The authorization server's issuer identifier; the only audience that is accepted.</param>
    public static string Create(SigningKey key, string clientId, string issuer, DateTimeOffset now) =>
        Sign(key, Type, clientId, clientId, issuer, now);

    /// <summary>The client's statement that it asks for a token of this account (RFC 7523 section 2.1).</summary>
    public static string CreateGrant(SigningKey key, string clientId, string account, string issuer, DateTimeOffset now) =>
        Sign(key, GrantType, clientId, account, issuer, now);

    private static string Sign(
        SigningKey key, string type, string clientId, string subject, string issuer, DateTimeOffset now) => key.Sign(type, claims =>
    {
        claims.WriteString("iss", clientId);
        claims.WriteString("sub", subject);
        claims.WriteString("aud", issuer);
        claims.WriteString("jti", Guid.CreateVersion7(now).ToString("N"));
        claims.WriteNumber("iat", now.ToUnixTimeSeconds());
        claims.WriteNumber("exp", now.ToUnixTimeSeconds() + LifeSeconds);
    });
}
