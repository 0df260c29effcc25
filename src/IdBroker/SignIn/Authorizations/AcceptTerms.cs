using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>A person accepts the terms of use, once for each version. A visa says so afterwards (AcceptedTermsAndPolicies).</summary>
public static class AcceptTerms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/terms", ShowAsync).WithName(nameof(AcceptTerms)).AllowAnonymous(); // by the sign-in cookie
        routes.MapPost("/terms", HandleAsync)
            .RequireSameOrigin(services => services.GetRequiredService<IOptions<IdBrokerOptions>>().Value.Issuer)
            .DisableAntiforgery() // same-origin is checked instead
            .AllowAnonymous(); // by the sign-in cookie
    }

    internal static async Task<bool> HasAcceptedAsync(NpgsqlDataSource database, string accountId, string terms, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        return await connection.ExecuteScalarAsync<bool>(new(
            "SELECT EXISTS (SELECT FROM accepted_terms WHERE account_id = @accountId AND terms_url = @terms)", new { accountId, terms }, cancellationToken: ct));
    }

    private static async Task<IResult> ShowAsync(
        HttpContext context, string? request, AuthorizationRequests requests, Authorization authorization, IOptions<IdBrokerOptions> options, CancellationToken ct) =>
        options.Value.TermsUrl is { } terms && request is not null && await requests.FindAsync(request, ct) is not null
            ? Page.Render<TermsPage>(context, options.Value.Issuer, new() { ["TermsUrl"] = terms, ["Request"] = request })
            : authorization.Refuse(context, "authorization.unknown-request", "The request is unknown, answered or expired.");

    private static async Task<IResult> HandleAsync(
        HttpContext context,
        AuthorizationRequests requests,
        SignInSessions sessions,
        Authorization authorization,
        NpgsqlDataSource database,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        var id = form["request"].ToString();
        if (options.Value.TermsUrl is not { } terms || form["decision"] != "accept"
            || await sessions.FindAsync(context, ct) is not { } session || await requests.FindAsync(id, ct) is not { } pending)
        {
            return authorization.Refuse(context, "authorization.unknown-request", "The request is unknown, answered or expired.");
        }

        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var isNew = await connection.ExecuteAsync(new(
            "INSERT INTO accepted_terms (account_id, terms_url, accepted_at) VALUES (@AccountId, @terms, @now) ON CONFLICT DO NOTHING",
            new { session.AccountId, terms, now },
            transaction,
            cancellationToken: ct)) == 1;
        if (isNew)
        {
            await AccessEvents.AppendAsync(transaction, new(now, session.AccountId, "terms.accepted", session.AccountId) { Reason = terms, Acr = session.Acr }, ct);
        }

        await transaction.CommitAsync(ct);
        return await authorization.ContinueAsync(context, id, pending, ct);
    }
}
