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
        Refusals refusals,
        IOptions<IdBrokerOptions> options,
        TimeProvider clock,
        CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var arrival = await Arrivals.FindAsync(context, connection, clock.GetUtcNow(), ct);
        return arrival is null || institutions.Find(arrival.Institution) is not { } institution
            ? refusals.Show(context, InstitutionRefusals.TookTooLong)
            : Page.Render<ArrivalPage>(context, options.Value.Issuer, new() { ["Arrival"] = arrival, ["Institution"] = institution });
    }
}
