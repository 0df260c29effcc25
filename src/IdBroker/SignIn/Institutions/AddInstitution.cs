using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// A signed-in person adds an institution as a further way in (form field <c>institution</c>). It takes a sign-in of a moment ago, with all the account
/// has, so that an open browser is not enough to let somebody else in for good.
/// </summary>
public static class AddInstitution
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/account/links", HandleAsync)
        .WithName(nameof(AddInstitution))
        .RequireSameOrigin(OwnPages.Issuer)
        .AllowAnonymous(); // the session's cookie is the proof

    internal static async Task<IResult> HandleAsync(
        HttpContext context,
        WaysIn ways,
        KnownInstitutions institutions,
        Departure departure,
        RefusedSignIns refused,
        IOptions<IdBrokerOptions> options,
        CancellationToken ct)
    {
        var slug = context.Request.HasFormContentType ? (await context.Request.ReadFormAsync(ct))["institution"].ToString() : "";
        if (institutions.Find(slug) is not { } institution)
        {
            return refused.NoSuchInstitution(context);
        }

        var (session, goal) = await ways.MayChangeAsync(context, ct);
        return session is null
            ? new SeeOther(options.Value.Issuer + goal.At("/sign-in"))
            : await departure.SendAsync(context, institution, new(), session, new(Fresh: false, TwoFactors: false), ct);
    }
}
