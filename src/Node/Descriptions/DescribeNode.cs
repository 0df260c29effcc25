using Kakehashi.Contracts;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Disclosure;
using Kakehashi.Node.Index;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Node.Descriptions;

/// <summary>The biobank in a few lines: who it is, how many participants, under which terms, how fresh.</summary>
public static class DescribeNode
{
    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/description", Handle)
        .WithName(nameof(DescribeNode))
        .RequireAuthorization(Policies.Catalog);

    internal static Results<Ok<NodeDescription>, ProblemHttpResult> Handle(BiobankSettings biobank, LiveIndex live)
    {
        if (live.View is not { Index: var index } view)
        {
            return Problems.Unavailable("node.loading", "The node is still reading its biobank's data. Ask again in a minute.");
        }

        var mask = view.CatalogueMask();
        return TypedResults.Ok(new NodeDescription(
            biobank.Id,
            biobank.Name,
            biobank.NameJa,
            DisclosureRules.Protect(Bitmap.Count(mask), biobank.Preset),
            [.. biobank.Datasets.Select(dataset => new DatasetDescription(
                dataset.Id,
                dataset.Terms,
                DisclosureRules.Protect(index.Datasets.GetValueOrDefault(dataset.Id)?.CountIn(mask) ?? 0, biobank.Preset)))],
            [.. index.Holdings.Select(holding => holding.CodeSystem).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
            biobank.Preset.Name,
            biobank.DataDate,
            index.LoadedAt,
            FormattableString.Invariant($"{index.LoadedAt.UtcTicks:x}")));
    }
}
