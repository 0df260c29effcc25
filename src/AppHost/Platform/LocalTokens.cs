using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.Platform;

/// <summary>Tokens for demo accounts of the platform on this machine: only who can read its key file gets one.</summary>
public static class LocalTokens
{
    public static async Task<string> GetAsync(PlatformFolder folder, Uri front, string account, CancellationToken ct)
    {
        var issuer = $"{front}id";
        var key = SigningKey.FromPemFile(folder.ClientKey(Registry.LocalClient).PrivateFile);
        var now = TimeProvider.System.GetUtcNow();
        using var client = new HttpClient();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = ClientAssertion.CreateGrant(key, Registry.LocalClient, account, issuer, now),
            ["client_assertion_type"] = ClientAssertion.AssertionType,
            ["client_assertion"] = ClientAssertion.Create(key, Registry.LocalClient, issuer, now),
        });
        using var answer = await client.PostAsync(new Uri($"{issuer}/token"), form, ct);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        return answer.IsSuccessStatusCode
            ? body.GetProperty("access_token").GetString()!
            : throw new PlatformException(
                $"No token for '{account}': {(body.TryGetProperty("error_description", out var why) ? why.GetString() : answer.StatusCode.ToString())}"
                + $" Demo accounts are {string.Join(", ", DemoAccounts.All.Select(a => a.Id))}.");
    }
}
