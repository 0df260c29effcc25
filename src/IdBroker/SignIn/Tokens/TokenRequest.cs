using Kakehashi.IdBroker.SignIn.Clients;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>A token request of a proven client.</summary>
/// <param name="KeyThumbprint">The key whose possession the request proved (RFC 9449), if it did.</param>
internal sealed record TokenRequest(TokenForm Form, Client Client, string? KeyThumbprint);
