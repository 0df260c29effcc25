using Kakehashi.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Node.Consents;

/// <summary>Consent brings this biobank's changes, in order; from the answer on every question sees them.</summary>
public static class ApplyConsentChanges
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/consent/changes", Handle)
        .WithName(nameof(ApplyConsentChanges))
        .RequireAuthorization(Policies.Consent);

    internal static Ok<ConsentChangesReceipt> Handle(ConsentChanges changes, LiveIndex live, ILogger<ConsentChanges> logger)
    {
        var applied = live.Apply(changes);
        if (changes.Changes.Count > 0)
        {
            Log.ConsentChangesApplied(logger, changes.Changes.Count, applied);
        }

        return TypedResults.Ok(new ConsentChangesReceipt(applied));
    }
}
