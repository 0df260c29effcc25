using System.Text.RegularExpressions;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>Why a registration is refused. The code is part of the API; <c>Mend</c> says what would be accepted.</summary>
/// <param name="At">JSON pointer to the fault.</param>
public sealed record ClientFault(string Code, string Title, string Mend, string At);

/// <summary>What a client may be registered for: first for everybody, then what an operator may say beside the clients file. Pure.</summary>
public static partial class ClientRules
{
    private const int MostEntries = 50;
    private const int LongestName = 200;

    private static readonly string[] GrantWords = [.. Grants.All.Select(grant => Grants.WordFor(grant)!)];
    private static readonly string[] PublicGrants = ["authorization_code", "refresh_token", "device_code"];
    private static readonly string[] KnownRoles = [Contracts.Roles.Node, Contracts.Roles.Catalog, Contracts.Roles.Consent];
    private static readonly string[] KnownPermissions = [Client.DemoAccounts, "introspection"];
    private static readonly string[] KnownScopes = ["openid", "profile", "ga4gh_passport_v1"];

    private static readonly (Func<ClientEntry, bool> Holds, ClientFault Fault)[] ForEverybody =
    [
        (c => IsId(c.Id),
            new("client-bad-id", "This is not a client id.", "A client id is a small letter and 1 to 63 small letters, digits, '-' or ':'.", "/id")),
        (c => c.Id != AccessEvents.Producer,
            new("client-reserved-id", "This id is the broker's own.", "Choose another id.", "/id")),
        (c => c.Name is null || (c.Name.Length is > 0 and <= LongestName && !c.Name.Any(char.IsControl)),
            new("client-bad-name", "This is not a name that people could read.", $"name is 1 to {LongestName} characters on one line, or left out.", "/name")),
        (c => Lists(c).All(list => list.Count <= MostEntries && list.All(text => text is not null)),
            new("client-too-many", "A list is too long, or holds null.", $"Every list has at most {MostEntries} texts.", "")),
        (c => IsWithin(c.Roles, KnownRoles),
            new("client-unknown-role", "A client has no such role.", $"roles are some of {string.Join(", ", KnownRoles)}.", "/roles")),
        (c => IsWithin(c.Grants, GrantWords),
            new("client-unknown-grant", "There is no such grant.", $"grants are some of {string.Join(", ", GrantWords)}.", "/grants")),
        (c => IsWithin(c.Permissions, KnownPermissions),
            new("client-unknown-permission", "There is no such permission.", $"permissions are some of {string.Join(", ", KnownPermissions)}.", "/permissions")),
        (c => IsWithin(c.Scopes, KnownScopes),
            new("client-unknown-scope", "There is no such scope.", $"scopes are some of {string.Join(", ", KnownScopes)}.", "/scopes")),
        (c => (c.Audiences ?? []).All(audience => audience is Audiences.Platform or Client.AnyNode || Node().IsMatch(audience)),
            new("client-unknown-audience", "There is no such audience.", $"audiences are {Audiences.Platform}, node:<slug>, or {Client.AnyNode} for every node.", "/audiences")),
        (c => c.AssertionAudience is "issuer" or "token-endpoint",
            new("client-bad-assertion-audience", "Assertions cannot name this audience.", "assertionAudience is issuer (the usual) or token-endpoint.", "/assertionAudience")),
        (c => Has(c.Roles, Contracts.Roles.Node) == Node().IsMatch(c.Id),
            new("client-node-name", "A node's name and role belong together.", "A node is the client node:<slug> with the role node; no other client has either.", "/roles")),
        (c => c.PublicKey is not null || IsWithin(c.Grants, PublicGrants),
            new("client-needs-key", "Only a client with a key gets this grant.", $"Without publicKey, grants are some of {string.Join(", ", PublicGrants)}.", "/grants")),
        (c => c.PublicKey is not null || Lists(c.Roles, c.Permissions).All(list => list.Count == 0),
            new("client-needs-key", "Only a client with a key has roles or permissions.", "Give its publicKey, or leave roles and permissions out.", "/publicKey")),
        (c => Has(c.Grants, "authorization_code") == (c.RedirectUris is { Length: > 0 }),
            new("client-redirects", "authorization_code and redirectUris belong together.", "Give both, or neither.", "/redirectUris")),
        (c => !Has(c.Grants, "refresh_token") || Has(c.Grants, "authorization_code") || Has(c.Grants, "device_code"),
            new("client-nothing-to-refresh", "refresh_token alone gives nothing.", "Add authorization_code or device_code.", "/grants")),
    ];

    private static readonly (Func<ClientEntry, bool> Holds, ClientFault Fault)[] ForOperators =
    [
        (c => IsWithin(c.Roles, [Contracts.Roles.Node]),
            new("client-file-only", "Only the deployment's clients file registers services.", "An operator's client has the role node, or none.", "/roles")),
        (c => !Has(c.Permissions, Client.DemoAccounts) && !Has(c.Grants, "jwt-bearer"),
            new("client-file-only", "Only the deployment's clients file lets a client speak for demo accounts.", "Leave out demo-accounts and jwt-bearer.", "/permissions")),
    ];

    /// <summary>The first rule that the entry breaks; null when it can be registered.</summary>
    /// <param name="isLocal">The platform itself is on this machine: so may be its clients.</param>
    public static ClientFault? WhyNot(ClientEntry client, bool byOperator, bool isLocal) =>
        Array.Find(ForEverybody, rule => !rule.Holds(client)).Fault
        ?? (byOperator ? Array.Find(ForOperators, rule => !rule.Holds(client)).Fault : null)
        ?? RedirectRules.WhyNot(client, isLocal)
        ?? KeyFault(client);

    public static bool IsId(string text) => Id().IsMatch(text);

    private static ClientFault? KeyFault(ClientEntry client)
    {
        ClientFault? fault = null;
        _ = client.PublicKey is { } key ? ClientKeys.Read(key, out fault) : null;
        return fault;
    }

    private static IEnumerable<IReadOnlyList<string>> Lists(ClientEntry client) => Lists(
        client.Roles, client.Audiences, client.Grants, client.Permissions, client.Scopes, client.RedirectUris, client.PostLogoutRedirectUris);

    private static IEnumerable<IReadOnlyList<string>> Lists(params string[]?[] lists) => lists.Select(list => list ?? []);

    private static bool IsWithin(string[]? some, string[] all) => (some ?? []).All(all.Contains);

    private static bool Has(string[]? list, string word) => list?.Contains(word) == true;

    [GeneratedRegex(@"\A[a-z][a-z0-9:-]{1,63}\z")]
    private static partial Regex Id();

    [GeneratedRegex(@"\Anode:[a-z][a-z0-9-]{1,30}\z")]
    private static partial Regex Node();
}
