using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>Grant types (RFC 6749, 7523, 8628, 8693) and the words the clients file uses for them.</summary>
public static class Grants
{
    public const string ClientCredentials = "client_credentials";
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public static readonly IReadOnlyList<string> All = [AuthorizationCode, RefreshToken, DeviceCode, ClientCredentials, TokenExchange, JwtBearer];

    /// <summary>The word in the clients file; null for a grant type that is not supported.</summary>
    public static string? WordFor(string grantType) => grantType switch
    {
        ClientCredentials or AuthorizationCode or RefreshToken => grantType,
        DeviceCode => "device_code",
        TokenExchange => "token-exchange",
        JwtBearer => "jwt-bearer",
        _ => null,
    };
}

/// <summary>A program that may ask for tokens, with what it may ask for.</summary>
public sealed record Client(string Id, VerificationKey? Key)
{
    /// <summary>May get tokens for demo accounts: the local command line, never a client that is reached from outside.</summary>
    public const string DemoAccounts = "demo-accounts";

    /// <summary>In a client's audiences: every registered node.</summary>
    public const string AnyNode = "node:*";

    /// <summary>May ask whether a token still counts (RFC 7662).</summary>
    public const string Introspection = "introspection";

    private const string NodePrefix = "node:";

    /// <summary>As people read it when they are asked about this client.</summary>
    public string Name { get; init; } = "";

    public IReadOnlyList<string> Roles { get; init; } = [];

    public IReadOnlyList<string> Audiences { get; init; } = [];

    public IReadOnlyList<string> Grants { get; init; } = [];

    public IReadOnlyList<string> Permissions { get; init; } = [];

    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Compared character for character.</summary>
    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    public IReadOnlyList<string> PostLogoutRedirectUris { get; init; } = [];

    public string? BackChannelLogoutUri { get; init; }

    /// <summary>Takes authorization requests only when pushed (RFC 9126).</summary>
    public bool RequiresPushed { get; init; }

    /// <summary>Whether its assertions name the token endpoint as audience, as older libraries do, instead of the issuer.</summary>
    public bool AddressesTokenEndpoint { get; init; }

    /// <summary>Which of its registrations this is.</summary>
    public long Revision { get; init; }

    /// <summary>Runs where it cannot keep a key (a command line, a notebook): proves nothing itself, so DPoP binds its tokens.</summary>
    public bool IsPublic => Key is null;

    /// <summary>A node is the client <c>node:slug</c> with the role node; the same text is its audience.</summary>
    public bool IsNode => Id.StartsWith(NodePrefix, StringComparison.Ordinal) && Roles.Contains(Contracts.Roles.Node);

    /// <summary>Whether the client may get a token for this audience, given whether it is a registered node's.</summary>
    public bool MayAddress(string audience, bool isNode) =>
        audience.StartsWith(NodePrefix, StringComparison.Ordinal)
            ? isNode && (Audiences.Contains(AnyNode) || Audiences.Contains(audience))
            : audience == Contracts.Audiences.Platform && Audiences.Contains(audience);
}
