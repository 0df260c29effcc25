using System.Text.Json;
using Microsoft.Playwright;

namespace Kakehashi.TestKit;

/// <summary>A device that holds passkeys, played by the browser.</summary>
public sealed record PasskeyDevice(ICDPSession Session, string Id)
{
    /// <summary>The passkeys it holds: <c>credentialId</c>, <c>rpId</c>, <c>userHandle</c>, <c>signCount</c>, …</summary>
    public async Task<IReadOnlyList<JsonElement>> PasskeysAsync()
    {
        var held = await Session.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = Id });
        return [.. held!.Value.GetProperty("credentials").EnumerateArray()];
    }

    /// <summary>False: the person does not unlock the device when asked.</summary>
    public Task UnlocksAsync(bool yes) => Session.SendAsync(
        "WebAuthn.setUserVerified", new() { ["authenticatorId"] = Id, ["isUserVerified"] = yes });
}
