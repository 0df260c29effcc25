using Kakehashi.Cohorts;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Searches;

/// <summary>A question that passed every rule of the Catalog.</summary>
/// <param name="Body">What every node is sent, written once. The cohort goes as the researcher wrote it, so that pointers fit.</param>
/// <param name="Biobanks">Who is asked, in the order of the answer.</param>
public sealed record Question(
    Cohort Cohort, Purpose Purpose, string? Project, IReadOnlyList<string> Breakdown, IReadOnlyList<string> Biobanks, byte[] Body);

/// <summary>One thing wrong with a search.</summary>
/// <param name="Pointer">JSON pointer into the request body.</param>
/// <param name="Allowed">What may stand there instead.</param>
public sealed record SearchFault(string Code, string Pointer, string Message, IReadOnlyList<string> Allowed)
{
    public SearchFault(string code, string pointer, string message, string allowed)
        : this(code, pointer, message, [allowed])
    {
    }
}
