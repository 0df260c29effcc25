using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Pages;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>
/// Shows somebody who is not known yet what was taken over from their institution, and asks whether to make an account of it. Shows
/// somebody whose link lay unused too long how to open their account again.
/// </summary>
public static class ShowArrival
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/institutions/arrival", HandleAsync)
        .WithName(nameof(ShowArrival))
        .AllowAnonymous(); // the cookie of the arrival is the proof

    internal static async Task<IResult> HandleAsync(
        HttpContext context,
        KnownInstitutions institutions,
        NpgsqlDataSource database,
        RefusedSignIns refused,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var arrival = await Arrivals.FindAsync(context, connection, clock.GetUtcNow(), ct);
        if (arrival is null || institutions.Find(arrival.Institution) is not { } institution)
        {
            return refused.Show(context, InstitutionRefusals.TookTooLong);
        }

        var link = arrival.DormantLinkId is { } linkId ? await IdentityLinks.FindAsync(connection, linkId, ct) : null;
        return Page.Render<ArrivalPage>(context, options.Value.Issuer, new()
        {
            [nameof(ArrivalPage.Arrival)] = arrival,
            [nameof(ArrivalPage.Institution)] = institution,
            [nameof(ArrivalPage.HasSecondFactor)] = link is not null && (await SecondFactors.FindAsync(connection, link.AccountId, ct)).Any,
        });
    }
}
