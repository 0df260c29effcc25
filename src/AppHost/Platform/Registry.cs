using System.Text.Json;
using Kakehashi.AppHost.SignIn;
using Kakehashi.Contracts;
using Kakehashi.Node.Index;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.AppHost.Platform;

/// <summary>Who the local platform knows: its services and nodes with their keys, and the demo accounts.</summary>
public sealed record Registry(string ClientsFile, string AccountsFile)
{
    /// <summary>The command line on this machine; its key is readable by the platform's owner alone.</summary>
    public const string LocalClient = "local-cli";

    private const string ParticipantsBiobank = "bbj";

    public static Registry Write(PlatformFolder folder, Ports ports, IReadOnlyList<string> biobanks)
    {
        var registry = new Registry(folder.FileIn("registry", "clients.json"), folder.FileIn("registry", "accounts.json"));
        PlatformFolder.WritePrivate(registry.ClientsFile, JsonSerializer.Serialize(
            new
            {
                clients = (object[])[
                    Client("catalog", [Roles.Catalog], [Audiences.Platform, "node:*"], ["client_credentials", "token-exchange"]),
                    Client("consent", [Roles.Consent], ["node:*"], ["client_credentials"]),
                    Client(LocalClient, [], [], ["jwt-bearer"], ["demo-accounts"]),
                    Gateway(),
                    CommandLine(),
                    .. biobanks.Select(slug => Client(Audiences.Node(slug), [Roles.Node], [Audiences.Platform], ["client_credentials"]))],
            }));
        PlatformFolder.WritePrivate(registry.AccountsFile, JsonSerializer.Serialize(
            new
            {
                accounts = DemoAccounts.All.Select(account => new
                {
                    id = account.Id,
                    name = account.About,
                    org = account.Organisation,
                    roles = account.Roles,
                    projects = account.Projects,
                    biobanks = account.Biobanks,
                    participant = account.Roles.Contains(Roles.Participant) ? $"{ParticipantsBiobank}/{FirstParticipant(folder)}" : null,
                    demo = true,
                    passwordHash = DemoSecrets.PasswordHash(folder),
                    totpSecretFile = DemoSecrets.TotpSecretFile(folder, account.Id),
                }),
            },
            ServiceDefaultsExtensions.Json));
        return registry;

        object Client(string id, string[] roles, string[] audiences, string[] grants, string[]? permissions = null) => new
        {
            id,
            publicKey = folder.ClientKey(id).PublicPem,
            roles,
            audiences,
            grants,
            permissions = permissions ?? [],
        };

        // No key: it runs wherever people are, so DPoP binds its tokens.
        object CommandLine() => new
        {
            id = Issuer.ClientId,
            name = "kakehashi (command line)",
            grants = (string[])["device_code", "refresh_token"],
            scopes = (string[])["openid", "profile"],
        };

        object Gateway() => new
        {
            id = "gateway",
            publicKey = folder.ClientKey("gateway").PublicPem,
            name = "Kakehashi",
            roles = Array.Empty<string>(),
            audiences = (string[])[Audiences.Platform],
            grants = (string[])["authorization_code", "refresh_token"],
            scopes = (string[])["openid", "profile", "ga4gh_passport_v1"],
            redirectUris = (string[])[$"{ports.Front}session/callback"],
            postLogoutRedirectUris = (string[])[$"{ports.Front}"],
            backChannelLogoutUri = $"{ports.Front}session/back-channel",
            requiresPushed = true,
        };
    }

    /// <summary>The demo participant is the first of the demo biobank; the account knows only the opaque reference.</summary>
    private static string FirstParticipant(PlatformFolder folder) =>
        ReferenceKey.OpenOrCreate(Path.Combine(folder.Private("nodes", ParticipantsBiobank), "reference.key"))
            .ReferenceOf(DemoAccounts.FirstParticipant).ToWire();
}
