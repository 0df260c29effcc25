using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>Whom an access token speaks for.</summary>
public sealed record TokenSubject(string Id, string ClientId, IReadOnlyList<string> Roles)
{
    public string? Organisation { get; init; }

    /// <summary>The sign-in session; null for a client's own token.</summary>
    public Guid? Session { get; init; }

    public string? Acr { get; init; }

    public IReadOnlyList<string> Amr { get; init; } = [];

    public DateTimeOffset? AuthTime { get; init; }

    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>RFC 9449: the thumbprint of the key whose holder alone may use the token.</summary>
    public string? KeyThumbprint { get; init; }

    public string? Participant { get; init; }

    public IReadOnlyList<string> Projects { get; init; } = [];

    /// <summary>As <c>role:biobank</c>.</summary>
    public IReadOnlyList<string> BiobankRoles { get; init; } = [];

    /// <summary>Set when a client acts for the subject (RFC 8693).</summary>
    public UseAuthorization? Use { get; init; }

    /// <summary>A person as signed in with this assurance: roles that need more are left out.</summary>
    public static TokenSubject Of(Account account, string clientId, string acr) => new(account.AccountId, clientId, account.RolesAt(acr))
    {
        Organisation = account.Org,
        Participant = account.Participant,
        Projects = account.Projects,
        BiobankRoles = account.BiobankRolesAt(acr),
        Acr = acr,
    };
}

/// <summary>Writes access tokens (RFC 9068): ES256, one audience, five minutes for the platform, one minute for a node.</summary>
public sealed class AccessTokens(KeyRing keys, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    private static readonly TimeSpan NodeLife = TimeSpan.FromSeconds(60);

    /// <param name="notAfter">A token made from another token ends with it.</param>
    public TokenAnswer Issue(TokenSubject subject, string audience, DateTimeOffset? notAfter = null)
    {
        var now = clock.GetUtcNow();
        var issued = now.ToUnixTimeSeconds();
        var life = (long)(audience == Audiences.Platform ? KeyRules.LongestToken : NodeLife).TotalSeconds;
        var expires = Math.Min(issued + life, notAfter?.ToUnixTimeSeconds() ?? long.MaxValue);
        var token = keys.Active.Sign("at+jwt", json =>
        {
            json.WriteString("iss", options.Value.Issuer);
            json.WriteString("aud", audience);
            json.WriteString("sub", subject.Id);
            json.WriteString("client_id", subject.ClientId);
            json.WriteNumber("iat", issued);
            json.WriteNumber("exp", expires);
            json.WriteString("jti", Guid.CreateVersion7(now).ToString("N"));
            WriteSubject(json, subject);
        });
        return new(token, (int)(expires - issued), audience);
    }

    /// <summary>The broker's own: to other services it is a client like any other, and its key is all it needs to be one.</summary>
    public string IssueOwn() => Issue(new(AccessEvents.Producer, AccessEvents.Producer, [Contracts.Roles.IdBroker]), Audiences.Platform).AccessToken;

    private static void WriteSubject(Utf8JsonWriter json, TokenSubject subject)
    {
        WriteList(json, TokenClaims.Roles, subject.Roles);
        WriteList(json, TokenClaims.Projects, subject.Projects);
        WriteList(json, TokenClaims.BiobankRoles, subject.BiobankRoles);
        WriteList(json, TokenClaims.Amr, subject.Amr);
        WriteText(json, TokenClaims.Organisation, subject.Organisation);
        WriteText(json, TokenClaims.Participant, subject.Participant);
        WriteText(json, TokenClaims.Session, subject.Session?.ToString("N"));
        WriteText(json, TokenClaims.Acr, subject.Acr);
        WriteText(json, TokenClaims.Scope, string.Join(' ', subject.Scopes));
        if (subject.AuthTime is { } authTime)
        {
            json.WriteNumber(TokenClaims.AuthTime, authTime.ToUnixTimeSeconds());
        }

        if (subject.KeyThumbprint is { } thumbprint)
        {
            json.WriteStartObject(TokenClaims.Confirmation);
            json.WriteString("jkt", thumbprint);
            json.WriteEndObject();
        }

        if (subject.Use is { } use)
        {
            json.WriteStartObject("act");
            json.WriteString("sub", subject.ClientId);
            json.WriteEndObject();
            json.WritePropertyName(TokenClaims.AuthorizationDetails);
            JsonSerializer.Serialize<UseAuthorization[]>(json, [use], ServiceDefaultsExtensions.Json);
        }
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.WriteString(name, value);
        }
    }

    private static void WriteList(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
