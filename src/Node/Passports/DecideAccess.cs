using System.Security.Claims;
using Kakehashi.Adapters;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Kakehashi.Node.Passports;

/// <summary>
/// A researcher asks what the own passport opens here. For each dataset permit or deny, until when, and every rule that stands
/// in the way. Who asks stands in the token; visas about anybody else open nothing.
/// </summary>
public static class DecideAccess
{
    private const int LargestBodyBytes = 512 << 10;
    private const int LongestAccess = 366 * 24 * 60 * 60;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/access", HandleAsync)
        .WithName(nameof(DecideAccess))
        .WithMetadata(new RequestSizeLimitAttribute(LargestBodyBytes))
        .RequireAuthorization(Policies.Access);

    internal static async Task<Results<Ok<AccessAnswer>, ProblemHttpResult>> HandleAsync(
        AccessQuestion question, ClaimsPrincipal user, BiobankSettings biobank, PassportReader reader, Clearinghouse clearinghouse,
        ILogger<AccessAnswer> logger, CancellationToken ct)
    {
        if (question.Seconds is < 0 or > LongestAccess)
        {
            return Problems.BadRequest("node.seconds", "Access is asked for at most a year ahead.", $"From 0 to {LongestAccess}.", "/seconds");
        }

        List<BiobankDataset> datasets = [.. biobank.Datasets.Where(dataset => dataset.Id == (question.Dataset ?? dataset.Id))];
        if (datasets.Count == 0)
        {
            return Problems.NotFound("node.unknown-dataset", "This biobank has no such dataset.", "Leave dataset out to ask for all.");
        }

        var passport = await reader.ReadAsync(question.Passport, user.ActorId(), ct);
        if (passport.WhyNot is { } why)
        {
            return passport.IsTransient
                ? Problems.Unavailable("node.passport", "The passport cannot be verified at the moment.", why)
                : Problems.BadRequest("node.passport", "The passport cannot be used.", why, "/passport");
        }

        var visas = await clearinghouse.CheckAsync(passport.Visas, ct);
        var caller = new VisaIdentity(user.ActorId(), user.FindFirstValue(TokenClaims.Issuer)!);
        var answer = new AccessAnswer(
            biobank.Id,
            [.. datasets.Select(dataset => Decide(dataset, VisaWords.Dataset(biobank.Url, dataset.Id)))],
            visas.Refused);
        Log.AccessDecided(logger, answer.Datasets.Count(d => d.Until is not null), datasets.Count, visas.Accepted.Count, visas.Refused.Count);
        return TypedResults.Ok(answer);

        DatasetAccess Decide(BiobankDataset dataset, string url)
        {
            var decision = clearinghouse.Decide(url, caller, visas, question.Seconds);
            return new(
                dataset.Id,
                url,
                decision.IsPermitted ? AccessDecisions.Permit : AccessDecisions.Deny,
                decision.Until is { } until ? DateTimeOffset.FromUnixTimeSeconds(until) : null,
                decision.Reasons);
        }
    }
}
