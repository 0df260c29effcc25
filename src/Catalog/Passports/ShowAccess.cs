using Kakehashi.Catalog.Nodes;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Kakehashi.Catalog.Passports;

/// <summary>
/// What the caller's passport opens at every biobank, until when, and why not the rest. Each node decides for itself; the
/// passport goes to nobody else and is kept nowhere.
/// </summary>
public static class ShowAccess
{
    private const int LongestAccess = 366 * 24 * 60 * 60;

    /// <param name="Biobanks">One for each registered biobank, in the order of their slugs.</param>
    public sealed record Response(IReadOnlyList<BiobankAccess> Biobanks);

    /// <param name="State">answered, or why the node gave no answer: unreachable or deadline.</param>
    /// <param name="Datasets">The decision about each dataset; empty when the node gave no answer, which is not a denial.</param>
    /// <param name="Refused">Visas that count for nothing there.</param>
    /// <param name="Reasons">Why the node gave no answer.</param>
    public sealed record BiobankAccess(
        string Biobank,
        string Name,
        string NameJa,
        string State,
        IReadOnlyList<DatasetAccess> Datasets,
        IReadOnlyList<RefusedVisa> Refused,
        IReadOnlyList<Reason> Reasons);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/access", HandleAsync)
        .WithName(nameof(ShowAccess))
        .RequireAuthorization(Policies.Searching);

    internal static async Task<Results<Ok<Response>, ProblemHttpResult>> HandleAsync(
        HttpRequest request, Catalogue catalogue, AccessInquiry inquiry, TokenClient tokens, IOptions<CatalogOptions> options,
        CancellationToken ct, int seconds = 0)
    {
        if (seconds is < 0 or > LongestAccess)
        {
            return Problems.BadRequest("catalog.seconds", "Access is asked for at most a year ahead.", $"seconds from 0 to {LongestAccess}.");
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(options.Value.Deadline);
        var callersToken = request.Headers.Authorization.ToString()["Bearer ".Length..];
        string passport;
        try
        {
            passport = await tokens.GetPassportAsync(callersToken, deadline.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return Away();
        }
        catch (TokenRequestException refused)
        {
            return refused.Error == TokenRequestException.Unreachable
                ? Away()
                : Problems.Conflict("catalog.no-passport", "You have no passport that could be shown to biobanks.", $"{refused.Error}: {refused.Message}");
        }

        var answers = catalogue.Known.ById.Values
            .Select(biobank => inquiry.AskAsync(biobank, passport, callersToken, seconds, deadline.Token, ct));
        return TypedResults.Ok(new Response(await Task.WhenAll(answers)));
    }

    private static ProblemHttpResult Away() =>
        Problems.Unavailable("catalog.no-passport", "Passports cannot be had at the moment.", "Try again in a few seconds.");
}
