using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Catalog.Searches;

/// <summary>A refused search (RFC 9457): the first fault in the usual members, all of them in <c>faults</c>.</summary>
internal static class SearchProblem
{
    public static ProblemHttpResult Of(IReadOnlyList<SearchFault> faults) => TypedResults.Problem(
        title: faults[0].Message,
        detail: faults[0].Allowed.Count == 0 ? null : $"Allowed: {string.Join(", ", faults[0].Allowed)}.",
        statusCode: StatusCodes.Status422UnprocessableEntity,
        type: Problems.TypeOf(faults[0].Code),
        extensions: [new("pointer", faults[0].Pointer), new("faults", faults)]);
}
