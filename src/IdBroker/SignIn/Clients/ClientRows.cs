namespace Kakehashi.IdBroker.SignIn.Clients;

/// <summary>How a client's entry becomes its row, from the clients file and from an operator alike.</summary>
internal static class ClientRows
{
    /// <summary>True for a new row, false for a changed one, no row when nothing changed.</summary>
    public const string Upsert =
        """
        INSERT INTO client (client_id, public_jwk, display_name, roles, audiences, grants, permissions, scopes, redirect_uris,
                            post_logout_redirect_uris, backchannel_logout_uri, requires_pushed, assertion_audience, managed_by)
        VALUES (@Id, @Jwk::jsonb, @Name, @Roles, @Audiences, @Grants, @Permissions, @Scopes, @RedirectUris,
                @PostLogoutRedirectUris, @BackChannelLogoutUri, @RequiresPushed, @AssertionAudience, @ManagedBy)
        ON CONFLICT (client_id) DO UPDATE
        SET (public_jwk, display_name, roles, audiences, grants, permissions, scopes, redirect_uris,
             post_logout_redirect_uris, backchannel_logout_uri, requires_pushed, assertion_audience, managed_by, enabled) =
            (EXCLUDED.public_jwk, EXCLUDED.display_name, EXCLUDED.roles, EXCLUDED.audiences, EXCLUDED.grants, EXCLUDED.permissions, EXCLUDED.scopes,
             EXCLUDED.redirect_uris, EXCLUDED.post_logout_redirect_uris, EXCLUDED.backchannel_logout_uri, EXCLUDED.requires_pushed,
             EXCLUDED.assertion_audience, EXCLUDED.managed_by, true)
        WHERE (client.public_jwk, client.display_name, client.roles, client.audiences, client.grants, client.permissions, client.scopes,
               client.redirect_uris, client.post_logout_redirect_uris, client.backchannel_logout_uri, client.requires_pushed,
               client.assertion_audience, client.managed_by, client.enabled)
            IS DISTINCT FROM (EXCLUDED.public_jwk, EXCLUDED.display_name, EXCLUDED.roles, EXCLUDED.audiences, EXCLUDED.grants, EXCLUDED.permissions,
                              EXCLUDED.scopes, EXCLUDED.redirect_uris, EXCLUDED.post_logout_redirect_uris, EXCLUDED.backchannel_logout_uri,
                              EXCLUDED.requires_pushed, EXCLUDED.assertion_audience, EXCLUDED.managed_by, true)
        RETURNING xmax = 0
        """;

    /// <param name="managedBy"><c>file</c> or <c>operator</c>.</param>
    public static object Of(ClientEntry client, string managedBy) => new
    {
        client.Id,
        Jwk = client.PublicKey is { } key ? ClientKeys.Read(key, out _) : null,
        Name = client.Name ?? client.Id,
        Roles = client.Roles ?? [],
        Audiences = client.Audiences ?? [],
        Grants = client.Grants ?? [],
        Permissions = client.Permissions ?? [],
        Scopes = client.Scopes ?? [],
        RedirectUris = client.RedirectUris ?? [],
        PostLogoutRedirectUris = client.PostLogoutRedirectUris ?? [],
        client.BackChannelLogoutUri,
        client.RequiresPushed,
        client.AssertionAudience,
        ManagedBy = managedBy,
    };
}
