using System.Text;
using System.Text.RegularExpressions;

namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>
/// The addresses to which browsers are sent with codes, and to which the broker tells the end of sessions: whole, compared
/// character for character, in the one spelling that browsers keep, and only where nobody else listens. Pure.
/// </summary>
public static partial class RedirectRules
{
    private const int LongestAddress = 2000;

    /// <summary>The fault of the first address that cannot be registered.</summary>
    public static ClientFault? WhyNot(ClientEntry client, bool isLocal)
    {
        var mayBeLocal = isLocal || client.PublicKey is null;
        return FirstFault("redirectUris", client.RedirectUris)
            ?? FirstFault("postLogoutRedirectUris", client.PostLogoutRedirectUris)
            ?? (client.BackChannelLogoutUri is { } heard && WhyNot(heard, mayBeLocal) is { } fault ? fault with { At = "/backChannelLogoutUri" } : null);

        ClientFault? FirstFault(string member, string[]? addresses) => (addresses ?? [])
            .Select((address, at) => WhyNot(address, mayBeLocal) is { } fault ? fault with { At = $"/{member}/{at}" } : null)
            .FirstOrDefault(fault => fault is not null);
    }

    /// <param name="mayBeLocal">
    /// http on this machine is allowed: a program on a person's own machine cannot have a certificate (RFC 8252), and a platform for trying
    /// things out has none either.
    /// </param>
    public static ClientFault? WhyNot(string address, bool mayBeLocal)
    {
        if (address.Length > LongestAddress)
        {
            return Fault("too-long", "The address is too long.", $"An address has at most {LongestAddress} characters.");
        }

        if (address.Contains('*', StringComparison.Ordinal))
        {
            return Fault("wildcard", "Addresses are compared character for character.", "Register each address by itself, without *.");
        }

        if (address.Contains('#', StringComparison.Ordinal))
        {
            return Fault("fragment", "An address to return to has no fragment.", "Leave out # and what follows it; put what must come back into state.");
        }

        return Scheme().Match(address) switch
        {
            { Success: false } => NotAbsolute,
            { Value: not ("http:" or "https:") } => Fault(
                "scheme", "Any program can claim a scheme of its own.", "Use https, or for a program on a person's own machine http://127.0.0.1:PORT/."),
            _ when !Uri.TryCreate(address, UriKind.Absolute, out var uri) || !address.Contains("://", StringComparison.Ordinal) => NotAbsolute,
            _ => WhyNot(address, new Uri(address), mayBeLocal),
        };
    }

    private static ClientFault NotAbsolute { get; } =
        Fault("not-absolute", "The address is not absolute.", "Give scheme, host and path: https://app.example/callback");

    private static ClientFault? WhyNot(string address, Uri uri, bool mayBeLocal) => uri switch
    {
        { UserInfo.Length: > 0 } => Fault("user-info", "The address names a user.", "Leave out what stands before @."),
        _ when !Ascii.IsValid(address) || !(uri.AbsoluteUri == address || uri.AbsoluteUri == $"{address}/") => Fault(
            "spelling", "Browsers spell this address otherwise.", $"Register {uri.GetComponents(UriComponents.AbsoluteUri, UriFormat.UriEscaped)}, and send the same."),
        { Scheme: "https" } => null,
        { IsLoopback: false } => Fault("not-https", "Codes do not travel in the open.", "Use https; http only on the person's own machine (127.0.0.1, [::1], localhost)."),
        _ when !mayBeLocal => Fault(
            "local-with-key", "A client on people's own machines cannot keep a key.", "Leave out publicKey: it is a public client. A client on a server uses https."),
        _ => null,
    };

    private static ClientFault Fault(string code, string title, string mend) => new($"client-address-{code}", title, mend, "");

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9+.-]*:")]
    private static partial Regex Scheme();
}
