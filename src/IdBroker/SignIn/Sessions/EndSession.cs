using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>
/// A client sends a person here to sign out (OpenID Connect RP-Initiated Logout). With the ID token of this very session it
/// happens at once; otherwise the person is asked, so that no page can sign somebody out behind their back.
/// </summary>
public static class EndSession
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/end_session", (HttpContext context, [AsParameters] Parts parts, CancellationToken ct) =>
                HandleAsync(context, name => context.Request.Query[name].FirstOrDefault(), isConfirmed: false, parts, ct))
            .WithName(nameof(EndSession)).AllowAnonymous(); // by the sign-in cookie
        routes.MapPost("/end_session", async (HttpContext context, [AsParameters] Parts parts, CancellationToken ct) =>
            {
                var form = await context.Request.ReadFormAsync(ct);
                var isConfirmed = form["confirmed"] == "yes" && SameOrigin.IsOwn(context.Request, SameOrigin.OriginOf(parts.Issuer));
                return await HandleAsync(context, name => form[name].FirstOrDefault(), isConfirmed, parts, ct);
            })
            .DisableAntiforgery() // same-origin is checked for what the person confirms
            .AllowAnonymous();
    }

    private static async Task<IResult> HandleAsync(
        HttpContext context, Func<string, string?> value, bool isConfirmed, Parts parts, CancellationToken ct)
    {
        var (hint, isWrong) = await ReadHintAsync(value("id_token_hint"), parts, ct);
        var client = parts.Clients.Find(hint?.ClientId ?? value("client_id") ?? "");
        var address = value("post_logout_redirect_uri");
        if (isWrong || (hint is not null && value("client_id") is { } named && named != hint.Value.ClientId)
            || (address is not null && client?.PostLogoutRedirectUris.Contains(address) != true))
        {
            return Page.Say(
                context,
                parts.Issuer,
                StatusCodes.Status400BadRequest,
                "end-session.refused",
                ("サインアウトの要求が正しくありません", "This sign-out request is not right"),
                ("アプリケーションが送った情報を確認できません。サインアウトはアカウントのページからもできます。", "What the application sent does not fit. You can also sign out on your account page."));
        }

        var session = await parts.Sessions.FindAsync(context, ct);
        if (session is not null && !isConfirmed && hint?.SessionId != session.SessionId)
        {
            return Page.Render<EndSessionPage>(context, parts.Issuer, new()
            {
                ["ClientId"] = client?.Id,
                ["Address"] = address,
                ["State"] = value("state"),
            });
        }

        await EndAsync(context, session?.SessionId ?? hint?.SessionId, hint?.Subject ?? session?.AccountId ?? "", parts, ct);
        return address is null
            ? Page.Say(context, parts.Issuer, StatusCodes.Status200OK, "session.ended", ("サインアウトしました", "You are signed out"), ("このページは閉じてかまいません。", "You can close this page."))
            : TypedResults.Redirect(WithState(address, value("state")));
    }

    private static async Task EndAsync(HttpContext context, Guid? sessionId, string actor, Parts parts, CancellationToken ct)
    {
        if (sessionId is { } id)
        {
            await using var connection = await parts.Database.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await parts.Sessions.EndAsync(transaction, id, actor, "signed-out", ct);
            await transaction.CommitAsync(ct);
        }

        SignInSessions.ForgetCookie(context);
    }

    /// <summary>An ID token of ours says who asks, even when it has expired meanwhile. Nothing when none was sent.</summary>
    private static async Task<((string ClientId, Guid SessionId, string Subject)? Hint, bool IsWrong)> ReadHintAsync(string? token, Parts parts, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(token))
        {
            return (null, false);
        }

        if (CompactJws.Read(token, out _) is not { Type: "JWT", KeyId: { } keyId } jws
            || (await parts.Keys.FindAsync(keyId, ct)).Key is not { } key || !key.Verify(jws)
            || !StrictJson.TryReadObject(jws.Payload, out var claims) || claims.Text("iss") != parts.Issuer
            || claims.Text("aud") is not { } clientId || !Guid.TryParseExact(claims.Text(TokenClaims.Session), "N", out var sessionId))
        {
            return (null, true);
        }

        return ((clientId, sessionId, claims.Text("sub")!), false);
    }

    private static string WithState(string address, string? state) => string.IsNullOrEmpty(state)
        ? address
        : $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}state={Uri.EscapeDataString(state)}";

    /// <summary>What signing out works with.</summary>
    internal sealed record Parts(
        SignInSessions Sessions, ClientRegistry Clients, KeyRing Keys, NpgsqlDataSource Database, IOptions<IdBrokerOptions> Options)
    {
        public string Issuer => Options.Value.Issuer;
    }
}
