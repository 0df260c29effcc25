using Kakehashi.IdBroker.SignIn.Sessions;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// A browser comes back from an institution with a code. Whether it is the browser that left, and the institution it left for, is
/// checked first; then the institution itself is asked who the person is; then it is decided what that opens.
/// </summary>
public static class ReturnFromInstitution
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/institutions/{slug}/callback", HandleAsync)
        .WithName(nameof(ReturnFromInstitution))
        .AllowAnonymous(); // this is how people come to be known

    internal static async Task<IResult> HandleAsync(
        string slug,
        HttpContext context,
        KnownInstitutions institutions,
        InstitutionTokens tokens,
        SignInSessions sessions,
        Reception reception,
        RefusedSignIns refused,
        NpgsqlDataSource database,
        TimeProvider clock,
        CancellationToken ct)
    {
        context.Response.Headers["Referrer-Policy"] = "no-referrer"; // the address of this page holds the code
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        if (institutions.Find(slug) is not { } institution)
        {
            return refused.NoSuchInstitution(context);
        }

        var (visit, refusal) = await TakeVisitAsync(context, institution, refused, database, clock.GetUtcNow(), ct);
        if (visit is null)
        {
            return refused.Show(context, refusal!);
        }

        var session = visit.SessionId is null ? null : await sessions.FindAsync(context, ct);
        if (session?.SessionId != visit.SessionId)
        {
            return await refused.RefuseAsync(context, institution, session?.AccountId, InstitutionRefusals.SessionGone, ct);
        }

        (var person, refusal) = await AskWhoAsync(context.Request.Query, institution, visit, tokens, ct);
        return person is null
            ? await refused.RefuseAsync(context, institution, session?.AccountId, refusal!, ct)
            : await reception.ReceiveAsync(context, institution, visit, session, person, ct);
    }

    /// <summary>In a transaction of its own: however the sign-in ends, its state is used up.</summary>
    private static async Task<(Visit? Visit, string? Refusal)> TakeVisitAsync(
        HttpContext context, Institution institution, RefusedSignIns refused, NpgsqlDataSource database, DateTimeOffset now, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var state = One(context.Request.Query, "state") ?? "";
        var (visit, refusal) = await Visits.UseAsync(context, transaction, state, institution.Slug, now, ct);
        if (refusal is not null)
        {
            await refused.NoteAsync(transaction, institution, null, refusal, ct);
        }

        await transaction.CommitAsync(ct);
        return (visit, refusal);
    }

    private static async Task<(ArrivedPerson? Person, string? Refusal)> AskWhoAsync(
        IQueryCollection query, Institution institution, Visit visit, InstitutionTokens tokens, CancellationToken ct)
    {
        var (document, refusal) = await institution.DescribeAsync(ct);
        if (document is null)
        {
            return (null, refusal);
        }

        // RFC 9207: an answer made by another server than the one that was asked is a mix-up, also when it is an error.
        if (One(query, "iss") is { } issuer ? issuer != institution.Issuer : document.NamesItself)
        {
            return (null, InstitutionRefusals.MixedUp);
        }

        if (query.ContainsKey("error") || One(query, "code") is not { } code)
        {
            return (null, InstitutionRefusals.RefusedByInstitution);
        }

        return await tokens.RedeemAsync(institution, document, code, visit, ct);
    }

    private static string? One(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } value] ? value : null;
}
