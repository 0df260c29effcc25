using Dapper;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>
/// A person is asked once whether a client may hear their passport. The answer is remembered, and can be revoked; without
/// agreement the sign-in goes on, with less.
/// </summary>
public static class Agree
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/agreement", ShowAsync).WithName(nameof(Agree)).AllowAnonymous(); // by the sign-in cookie
        routes.MapPost("/agreement", HandleAsync)
            .RequireSameOrigin(services => services.GetRequiredService<IOptions<IdBrokerOptions>>().Value.Issuer)
            .DisableAntiforgery() // same-origin is checked instead
            .AllowAnonymous(); // by the sign-in cookie
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, string? request, AuthorizationRequests requests, ClientRegistry clients, Authorization authorization, IOptions<IdBrokerOptions> options, CancellationToken ct) =>
        request is not null && await requests.FindAsync(request, ct) is { ClientId: { } clientId } && clients.Find(clientId) is { } client
            ? Page.Render<AgreementPage>(context, options.Value.Issuer, new() { ["ClientName"] = client.Name, ["Request"] = request })
            : authorization.Refuse(context, "authorization.unknown-request", "The request is unknown, answered or expired.");

    private static async Task<IResult> HandleAsync(
        HttpContext context,
        AuthorizationRequests requests,
        ClientRegistry clients,
        SignInSessions sessions,
        Authorization authorization,
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var id = form["request"].ToString();
        if (await sessions.FindAsync(context, ct) is not { } session || await requests.FindAsync(id, ct) is not { ClientId: { } clientId } pending
            || clients.Find(clientId) is not { } client || AuthorizationRules.Read(client, name => pending[name], out _) is not { } ask)
        {
            return authorization.Refuse(context, "authorization.unknown-request", "The request is unknown, answered or expired.");
        }

        if (form["decision"] == "agree")
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await RememberAsync(transaction, session, ask.ClientId, ask.ScopesToAgree, clock.GetUtcNow(), ct);
            await transaction.CommitAsync(ct);
        }
        else
        {
            await requests.NarrowAsync(id, ask.Scopes.Except(ask.ScopesToAgree), ct);
        }

        return await requests.FindAsync(id, ct) is { } narrowed
            ? await authorization.ContinueAsync(context, id, narrowed, ct)
            : authorization.Refuse(context, "authorization.unknown-request", "The request is unknown, answered or expired.");
    }

    /// <summary>Remembers that the person agreed, in the caller's transaction.</summary>
    internal static async Task RememberAsync(
        NpgsqlTransaction transaction, SignInSession session, string clientId, IEnumerable<string> scopes, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var scope in scopes)
        {
            await transaction.Connection!.ExecuteAsync(new(
                """
                INSERT INTO release_agreement (release_agreement_id, account_id, client_id, scope, agreed_at)
                VALUES (@id, @AccountId, @clientId, @scope, @now)
                ON CONFLICT (account_id, client_id, scope) WHERE revoked_at IS NULL DO UPDATE SET agreed_at = @now
                """,
                new { id = Guid.CreateVersion7(now), session.AccountId, clientId, scope, now },
                transaction,
                cancellationToken: ct));
            await AccessEvents.AppendAsync(
                transaction, new(now, session.AccountId, "agreement.given", session.AccountId) { Client = clientId, Reason = scope, Acr = session.Acr }, ct);
        }
    }
}
