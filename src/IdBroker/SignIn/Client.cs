using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn;

/// <summary>Grant types (RFC 6749, 8693, 7523) and the words the clients file uses for them.</summary>
public static class Grants
{
    public const string ClientCredentials = "client_credentials";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public static readonly IReadOnlyList<string> All = [ClientCredentials, TokenExchange, JwtBearer];

    /// <summary>The word in the clients file; null for a grant type that is not supported.</summary>
    public static string? WordFor(string grantType) => grantType switch
    {
        ClientCredentials => ClientCredentials,
        TokenExchange => "token-exchange",
        JwtBearer => "jwt-bearer",
        _ => null,
    };
}

/// <summary>A machine that may ask for tokens, with what it may ask for.</summary>
public sealed record Client(
    string Id,
    VerificationKey Key,
    IReadOnlyList<string> Roles,
    IReadOnlyList<string> Audiences,
    IReadOnlyList<string> Grants,
    IReadOnlyList<string> Permissions)
{
    /// <summary>May get tokens for demo accounts: the local command line, never a client that is reached from outside.</summary>
    public const string DemoAccounts = "demo-accounts";

    /// <summary>In a client's audiences: every registered node.</summary>
    public const string AnyNode = "node:*";

    private const string NodePrefix = "node:";

    /// <summary>A node is the client <c>node:slug</c> with the role node; the same text is its audience.</summary>
    public bool IsNode => Id.StartsWith(NodePrefix, StringComparison.Ordinal) && Roles.Contains(Contracts.Roles.Node);

    /// <summary>Whether the client may get a token for this audience, given whether it is a registered node's.</summary>
    public bool MayAddress(string audience, bool isNode) =>
        audience.StartsWith(NodePrefix, StringComparison.Ordinal)
            ? isNode && (Audiences.Contains(AnyNode) || Audiences.Contains(audience))
            : audience == Contracts.Audiences.Platform && Audiences.Contains(audience);
}
