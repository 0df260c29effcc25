using Kakehashi.IdBroker.SignIn.Clients;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>A client's own token (RFC 6749 section 4.4), for one audience it is registered for.</summary>
public static class ClientCredentials
{
    internal static GrantOutcome Grant(TokenForm form, Client client, ClientRegistry clients, AccessTokens tokens)
    {
        if (form["audience"] is not { } audience)
        {
            return OAuthError.InvalidRequest("Name one audience: kakehashi or node:<slug>.");
        }

        return client.MayAddress(audience, clients.IsNode(audience))
            ? tokens.Issue(new(client.Id, client.Id, client.Roles), audience)
            : OAuthError.InvalidTarget("This client is not registered for that audience, or there is no such node.");
    }
}
