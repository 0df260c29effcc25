using Kakehashi.Adapters;
using Kakehashi.Contracts;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Disclosure;
using Kakehashi.Node.Index;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Node.Descriptions;

/// <summary>Every variable of the biobank with how many participants have it; each number protected like any other.</summary>
public static class ListVariables
{
    private const double MiddleFrom = 0.01;
    private const double MiddleTo = 0.99;

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/variables", Handle)
        .WithName(nameof(ListVariables))
        .RequireAuthorization(Policies.Catalog);

    internal static Results<Ok<IReadOnlyList<Variable>>, ProblemHttpResult> Handle(BiobankSettings biobank, LiveIndex live)
    {
        if (live.View is not { } view)
        {
            return Problems.Unavailable("node.loading", "The node is still reading its biobank's data. Ask again in a minute.");
        }

        return TypedResults.Ok<IReadOnlyList<Variable>>([.. Of(view, biobank.Preset)]);
    }

    private static IEnumerable<Variable> Of(ConsentView view, DisclosurePreset preset)
    {
        var (index, mask) = (view.Index, view.CatalogueMask());
        var participants = Math.Max(1, Bitmap.Count(mask));
        if (index.Holdings.Contains(new(VariableKind.Age, null)))
        {
            yield return WithMissingness(new("age", null, "Age in years", "年齢", default), CountIn(index.YoungerThan[^1], mask));
        }

        if (index.Holdings.Contains(new(VariableKind.Enrolled, null)) && !index.Enrolled.Ids.IsEmpty)
        {
            yield return WithMissingness(new("enrolled", null, "Day of enrolment", "登録日", default), Members(index.Enrolled));
        }

        // Codes on no code list appear once enough participants have them; listed codes appear always, small numbers withheld.
        var listed = index.Codes.Keys.Where(term => term.Kind != VariableKind.Measurement);
        var present = index.Sets.Where(set => set.Value.Count >= preset.Threshold).Select(set => set.Key);
        foreach (var term in listed.Union(present).OrderBy(t => t.Kind).ThenBy(t => t.Code, StringComparer.Ordinal))
        {
            var code = index.Codes.GetValueOrDefault(term);
            var count = index.Sets.GetValueOrDefault(term)?.CountIn(mask) ?? 0;
            yield return new(Word(term.Kind), term.Code, code?.Label, code?.LabelJa, DisclosureRules.Protect(count, preset));
        }

        foreach (var (curie, column) in index.Measurements.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            var code = index.Codes.GetValueOrDefault(new(VariableKind.Measurement, curie));
            var members = Members(column);
            var enough = members >= preset.Threshold;
            yield return WithMissingness(new("measurement", curie, code?.Label, code?.LabelJa, default), members) with
            {
                From = enough ? column.Quantile(MiddleFrom) : null,
                To = enough ? column.Quantile(MiddleTo) : null,
                Unit = code?.Unit,
            };
        }

        Variable WithMissingness(Variable variable, int members) => variable with
        {
            Count = DisclosureRules.Protect(members, preset),
            Missingness = members >= preset.Threshold ? Math.Round(Math.Clamp(1 - (members / (double)participants), 0, 1), 2) : null,
        };

        int Members(RangeColumn column) =>
            ParticipantSet.FromIds(column.Ids, index.Participants).CountIn(mask);
    }

    private static int CountIn(ulong[] words, ulong[] mask)
    {
        ulong[] both = [.. words];
        Bitmap.And(both, mask);
        return Bitmap.Count(both);
    }

    private static string Word(VariableKind kind) => kind switch
    {
        VariableKind.Sex => "sex",
        VariableKind.Condition => "condition",
        VariableKind.Drug => "drug",
        VariableKind.Biosample => "biosample",
        VariableKind.Data => "data",
        VariableKind.Attribute => "attribute",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
