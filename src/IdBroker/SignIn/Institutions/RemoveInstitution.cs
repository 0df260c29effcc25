using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>A signed-in person removes an institution from their account; never the last way in. What rested on the affiliation ends with it.</summary>
public static class RemoveInstitution
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/account/links/{linkId:guid}/end", HandleAsync)
        .WithName(nameof(RemoveInstitution))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // the session's cookie is the proof

    internal static async Task<IResult> HandleAsync(
        Guid linkId,
        HttpContext context,
        WaysIn ways,
        NpgsqlDataSource database,
        RefusedSignIns refused,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var (session, goal) = await ways.MayChangeAsync(context, ct);
        if (session is null)
        {
            return new SeeOther(options.Value.Issuer + goal.At("/sign-in"));
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await SecondFactors.LockAsync(transaction, session.AccountId, ct);
        var links = await IdentityLinks.OfAsync(connection, session.AccountId, ct, transaction);
        if (links.FirstOrDefault(link => link.LinkId == linkId) is not { } ended)
        {
            return refused.NoSuchInstitution(context);
        }

        var others = links.Count(link => link != ended && !link.IsDormant(options.Value.LinkDormantAfterMonths, now));
        if (others == 0 && !await WaysIn.IsLocalAsync(transaction, session.AccountId, ct))
        {
            return LastWayIn(context, options.Value.Issuer);
        }

        await IdentityLinks.EndAsync(transaction, ended, session.AccountId, "removed-by-owner", now, ct);
        await transaction.CommitAsync(ct);
        return new SeeOther($"{options.Value.Issuer}/account");
    }

    private static RazorComponentResult LastWayIn(HttpContext context, string issuer) => Page.Say(
        context,
        issuer,
        StatusCodes.Status409Conflict,
        "link.last-way-in",
        ("外せません", "This cannot be removed"),
        ("ほかにサインインの方法がないため、この所属機関は外せません。先に別の方法を追加してください。",
            "It is the only way into your account. Add another way to sign in first."));
}
