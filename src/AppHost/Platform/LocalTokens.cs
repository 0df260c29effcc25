using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.Platform;

/// <summary>Tokens for demo accounts of the platform on this machine: only who can read its key file gets one.</summary>
public static class LocalTokens
{
    public static async Task<string> GetAsync(PlatformFolder folder, Uri front, string account, CancellationToken ct)
    {
        using var http = IssuerDocument.CreateHttpClient();
        var key = SigningKey.FromPemFile(folder.ClientKey(Registry.LocalClient).PrivateFile);
        try
        {
            return await new TokenClient(http, $"{front}id", Registry.LocalClient, key, TimeProvider.System).GetForAccountAsync(account, ct);
        }
        catch (TokenRequestException refused)
        {
            throw new PlatformException(
                $"No token for '{account}': {refused.Message} The demo accounts are {string.Join(", ", DemoAccounts.All.Select(a => a.Id))}.", refused);
        }
    }
}
