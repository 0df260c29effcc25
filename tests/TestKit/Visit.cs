using Microsoft.Playwright;

namespace Kakehashi.TestKit;

/// <summary>One person's use of the browser: cookies of its own, and the page in front.</summary>
public sealed record Visit(IBrowserContext Context, IPage Page)
{
    /// <summary>Gives the page in front a device that makes and uses passkeys, and says yes whenever it is asked.</summary>
    public async Task<PasskeyDevice> AddPasskeyDeviceAsync()
    {
        var session = await Context.NewCDPSessionAsync(Page);
        await session.SendAsync("WebAuthn.enable");
        var options = new Dictionary<string, object>
        {
            ["protocol"] = "ctap2",
            ["transport"] = "internal",
            ["hasResidentKey"] = true,
            ["hasUserVerification"] = true,
            ["isUserVerified"] = true,
            ["automaticPresenceSimulation"] = true,
        };
        var added = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new() { ["options"] = options });
        return new(session, added!.Value.GetProperty("authenticatorId").GetString()!);
    }
}
