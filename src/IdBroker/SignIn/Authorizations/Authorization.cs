using System.Text;
using System.Text.Encodings.Web;
using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.IdBroker.SignIn.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>
/// Leads a request on: to the sign-in page, to the question whether a client may hear more, or back to the client with a code.
/// Every answer names this issuer (RFC 9207), so that a client cannot be fed another server's.
/// </summary>
public sealed class Authorization(
    AuthorizationRequests requests, ClientRegistry clients, SignInSessions sessions, NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    private string Issuer => options.Value.Issuer;

    public async Task<Client?> FindClientAsync(string? clientId, CancellationToken ct) => clientId is null ? null : await clients.FindNowAsync(clientId, ct);

    public Task<PendingRequest?> TakeUpAsync(string id, CancellationToken ct) => requests.TakeUpAsync(id, ct);

    /// <summary>A request that came through the browser.</summary>
    public async Task<IResult> BeginAsync(HttpContext context, Client client, Dictionary<string, string> parameters, CancellationToken ct)
    {
        if (AuthorizationRules.Read(client, name => parameters.GetValueOrDefault(name), out var error) is null)
        {
            return SendError(client, parameters, error!);
        }

        var id = await requests.AddAsync(client.Id, parameters, AuthorizationRequests.Patience, ct);
        return await ContinueAsync(context, id, new(client.Id, parameters, clock.GetUtcNow()), ct);
    }

    public async Task<IResult> ContinueAsync(HttpContext context, string id, PendingRequest pending, CancellationToken ct)
    {
        if (await FindClientAsync(pending.ClientId, ct) is not { } client || !AuthorizationRules.MayRedirect(client, pending["redirect_uri"]))
        {
            return Refuse(context, "authorization.unknown-client", "The client was disabled or changed meanwhile.");
        }

        if (AuthorizationRules.Read(client, name => pending[name], out var error) is not { } ask)
        {
            return SendError(client, pending.Parameters, error!);
        }

        var session = await sessions.FindAsync(context, ct);
        if (ask.NeedsSignIn(session, pending.CreatedAt, clock.GetUtcNow()))
        {
            return ask.MayNotAsk
                ? SendError(client, pending.Parameters, new("login_required", "The person is not signed in, or not freshly enough."))
                : TypedResults.Redirect(Issuer + new SignInGoal(id, ask.TwoFactors).At("/sign-in"));
        }

        if (options.Value.TermsUrl is { } terms && !await AcceptTerms.HasAcceptedAsync(database, session!.AccountId, terms, ct))
        {
            return ask.MayNotAsk
                ? SendError(client, pending.Parameters, new("interaction_required", "The person has not accepted the terms of use."))
                : TypedResults.Redirect($"{Issuer}/terms?request={id}");
        }

        if (await NeedsAgreementAsync(ask, session!.AccountId, pending.CreatedAt, ct))
        {
            return ask.MayNotAsk
                ? SendError(client, pending.Parameters, new("consent_required", "The person has not agreed that this client may hear what it asks for."))
                : TypedResults.Redirect($"{Issuer}/agreement?request={id}");
        }

        return await IssueCodeAsync(id, ask, session, ct) is { } code
            ? Send(ask.RedirectUri, ("code", code), ("state", ask.State))
            : Refuse(context, "authorization.unknown-request", "The request was answered already.");
    }

    /// <summary>An error that the client shall hear. Its address was checked before.</summary>
    public IResult SendError(Client client, IReadOnlyDictionary<string, string> parameters, OAuthError error) =>
        AuthorizationRules.MayRedirect(client, parameters.GetValueOrDefault("redirect_uri"))
            ? Send(
                parameters["redirect_uri"],
                ("error", error.Error),
                ("error_description", error.Description),
                ("state", parameters.GetValueOrDefault("state")))
            : throw new InvalidOperationException("An error must not be sent to an address that is not registered.");

    /// <summary>An error that only the person may see: it is not certain who asked.</summary>
    public IResult Refuse(HttpContext context, string code, string detail) => Page.Say(
        context,
        Issuer,
        StatusCodes.Status400BadRequest,
        code,
        ("この要求には応じられません", "This request cannot be answered"),
        ($"呼び出し元のアプリケーションに戻って、もう一度やり直してください。（{detail}）", $"Go back to the application you came from and try again. ({detail})"));

    private async Task<bool> NeedsAgreementAsync(AuthorizationAsk ask, string accountId, DateTimeOffset askedAt, CancellationToken ct)
    {
        if (ask.ScopesToAgree.Count == 0)
        {
            return false;
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        var agreed = await connection.ExecuteScalarAsync<int>(new(
            """
            SELECT count(*) FROM release_agreement
            WHERE account_id = @accountId AND client_id = @ClientId AND scope = ANY (@scopes) AND revoked_at IS NULL AND agreed_at >= @since
            """,
            new
            {
                accountId,
                ask.ClientId,
                scopes = ask.ScopesToAgree.ToArray(),
                since = ask.Prompt.Contains("consent") ? askedAt : DateTimeOffset.UnixEpoch,
            },
            cancellationToken: ct));
        return agreed < ask.ScopesToAgree.Count;
    }

    private async Task<string?> IssueCodeAsync(string id, AuthorizationAsk ask, SignInSession session, CancellationToken ct)
    {
        var (code, now) = (OpaqueSecret.Create(), clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await AuthorizationRequests.CloseAsync(transaction, id, ct))
        {
            return null;
        }

        var familyId = await TokenFamilies.StartAsync(transaction, ask.ClientId, session.SessionId, ask.Scopes, ask.KeyThumbprint, now, ct);
        await connection.ExecuteAsync(new(
            """
            INSERT INTO authorization_code (code_hash, family_id, redirect_uri, code_challenge, nonce, expires_at)
            VALUES (@hash, @familyId, @RedirectUri, @CodeChallenge, @Nonce, @expires)
            """,
            new { hash = OpaqueSecret.HashOf(code), familyId, ask.RedirectUri, ask.CodeChallenge, ask.Nonce, expires = now + TokenFamilies.CodeLife },
            transaction,
            cancellationToken: ct));
        await transaction.CommitAsync(ct);
        return code;
    }

    private SeeOther Send(string redirectUri, params IReadOnlyList<(string Name, string? Value)> answer)
    {
        var address = new StringBuilder(redirectUri).Append(redirectUri.Contains('?', StringComparison.Ordinal) ? '&' : '?');
        foreach (var (name, value) in answer.Append(("iss", Issuer)).Where(part => part.Item2 is not null))
        {
            address.Append(name).Append('=').Append(UrlEncoder.Default.Encode(value!)).Append('&');
        }

        address.Length--;
        return new SeeOther(address.ToString());
    }
}
