using System.Text.Json;
using Kakehashi.AppHost.Platform;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.AppHost.SignIn;

/// <summary>The person who signed in on this machine, by the device flow (RFC 8628).</summary>
internal static class Person
{
    private const string Scope = "openid profile";

    private static readonly TimeSpan Spare = TimeSpan.FromSeconds(30);

    /// <summary>Shows where to approve this machine, and waits until the person has.</summary>
    /// <param name="show">Address with the code in it, and the code.</param>
    public static async Task SignInAsync(Uri front, Action<string, string> show, CancellationToken ct)
    {
        using var issuer = await Issuer.FindAsync(front, ct);
        var device = await AskAsync(() => issuer.StartDeviceAsync(Scope, ct));
        show(device.Text("verification_uri_complete")!, device.Text("user_code")!);
        using var key = ProofKey.Create();
        var tokens = await UntilApprovedAsync(issuer, device, key, ct);
        using var file = await SignInFile.OpenAsync(ct);
        var before = file.Read();
        file.Write(Signed(front, tokens, key.ToPem()));
        await ForgetAsync(before, ct);
    }

    /// <summary>False when nobody was signed in.</summary>
    public static async Task<bool> SignOutAsync(CancellationToken ct)
    {
        if (!SignInFile.Exists)
        {
            return false;
        }

        using var file = await SignInFile.OpenAsync(ct);
        var before = file.Read();
        file.Delete();
        await ForgetAsync(before, ct);
        return before is not null;
    }

    /// <summary>The person signed in at this platform (any, when null), with a token that still lives a while; null when nobody is.</summary>
    public static async Task<(Caller Caller, Uri Front)?> FindAsync(Uri? front, CancellationToken ct)
    {
        if (!SignInFile.Exists)
        {
            return null;
        }

        using var file = await SignInFile.OpenAsync(ct);
        if (file.Read() is not { } signedIn || (front is not null && front != signedIn.Front))
        {
            return null;
        }

        var key = ProofKey.Read(signedIn.ProofKey);
        if (TimeProvider.System.GetUtcNow() >= signedIn.UseUntil)
        {
            using var issuer = await Issuer.FindAsync(signedIn.Front, ct);
            var tokens = await AskAsync(() => issuer.TokenAsync(
                [new("grant_type", "refresh_token"), new("refresh_token", signedIn.RefreshToken)], key, ct));
            signedIn = Signed(signedIn.Front, tokens, signedIn.ProofKey);
            file.Write(signedIn);
        }

        return (new(signedIn.AccessToken, key), signedIn.Front);
    }

    private static async Task<JsonElement> UntilApprovedAsync(Issuer issuer, JsonElement device, ProofKey key, CancellationToken ct)
    {
        var pause = TimeSpan.FromSeconds(device.GetProperty("interval").GetInt32());
        while (true)
        {
            await Task.Delay(pause, ct);
            try
            {
                return await issuer.TokenAsync(
                    [new("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), new("device_code", device.Text("device_code")!)], key, ct);
            }
            catch (TokenRequestException waiting) when (waiting.Error is "authorization_pending" or "slow_down")
            {
                pause += waiting.Error == "slow_down" ? TimeSpan.FromSeconds(5) : TimeSpan.Zero;
            }
            catch (TokenRequestException refused)
            {
                throw new PlatformException($"Not signed in: {refused.Message}", refused);
            }
        }
    }

    private static async Task<JsonElement> AskAsync(Func<Task<JsonElement>> ask)
    {
        try
        {
            return await ask();
        }
        catch (TokenRequestException refused)
        {
            throw new PlatformException($"{refused.Message} Sign in again: ./kakehashi sign-in", refused);
        }
    }

    /// <summary>The platform forgets an old sign-in too; where it cannot be reached, the sign-in ends by itself within hours.</summary>
    private static async Task ForgetAsync(SignedIn? before, CancellationToken ct)
    {
        if (before is null)
        {
            return;
        }

        try
        {
            using var issuer = await Issuer.FindAsync(before.Front, ct);
            await issuer.RevokeAsync(before.RefreshToken, ct);
        }
        catch (Exception away) when (away is PlatformException or TokenRequestException)
        {
            await Console.Error.WriteLineAsync($"kakehashi: {before.Front} was not told: {away.Message}");
        }
    }

    private static SignedIn Signed(Uri front, JsonElement tokens, string key) => new(
        front,
        tokens.Text("refresh_token")!,
        key,
        tokens.Text("access_token")!,
        TimeProvider.System.GetUtcNow().AddSeconds(tokens.GetProperty("expires_in").GetInt32()) - Spare);
}
