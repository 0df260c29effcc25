using Kakehashi.Contracts;

namespace Kakehashi.Node.Consents;

/// <summary>The three answers to "may this purpose use that".</summary>
public enum Verdict
{
    Permit,

    /// <summary>A person must decide: the terms ask for something a program cannot know.</summary>
    Ask,
    Deny,
}

/// <summary>A verdict and every clause that led to it.</summary>
public sealed record TermsDecision(Verdict Verdict, IReadOnlyList<Reason> Reasons);

/// <summary>
/// Decides a purpose against a dataset's terms of use (DUO). Nothing recorded means deny; one denying clause denies,
/// otherwise one that needs a person asks. Pure.
/// </summary>
public static class TermsRules
{
    private static readonly HashSet<string> Permissions =
        ["DUO:0000004", "DUO:0000042", "DUO:0000006", "DUO:0000007", "DUO:0000011"];

    /// <param name="terms">DUO CURIEs; a disease or country after a space where the term takes one.</param>
    /// <param name="covers">True when the first disease is the second or an ancestor of it.</param>
    public static TermsDecision Decide(IReadOnlyList<string> terms, Purpose purpose, Func<string, string, bool> covers)
    {
        var parsed = terms.Select(term => term.Split(' ', 2)).Select(t => (Code: t[0], Value: t.ElementAtOrDefault(1))).ToList();
        var clauses = parsed.Where(t => !Permissions.Contains(t.Code))
            .Select(t => Modifier(t.Code, t.Value, purpose)).OfType<Clause>()
            .Append(Permission([.. parsed.Where(t => Permissions.Contains(t.Code))], purpose, covers))
            .Where(clause => clause.Verdict != Verdict.Permit).ToList();
        var verdict = clauses.Select(clause => clause.Verdict).DefaultIfEmpty(Verdict.Permit).Max();
        return new(verdict, [.. clauses.Where(c => c.Verdict == verdict).Select(c => new Reason(c.Code, c.Text))]);
    }

    private static Clause Permission(
        IReadOnlyList<(string Code, string? Value)> permissions, Purpose purpose, Func<string, string, bool> covers)
    {
        var diseases = permissions.Where(p => p.Code == "DUO:0000007").Select(p => p.Value ?? "").ToList();
        if (permissions.Count == 0)
        {
            return new(Verdict.Deny, "terms.no-permission", "The biobank has recorded no permission for this dataset.");
        }

        var permitted = permissions.Any(p => p.Code switch
        {
            "DUO:0000004" or "DUO:0000042" => true,
            "DUO:0000006" => purpose.Use is ResearchUse.HMB or ResearchUse.DS or ResearchUse.MDS,
            "DUO:0000011" => purpose.Use is ResearchUse.POA,
            _ => false,
        }) || (purpose.Use == ResearchUse.DS && purpose.Diseases.All(d => diseases.Any(allowed => covers(allowed, d))));
        return permitted
            ? new(Verdict.Permit, "terms.permitted", "")
            : new(Verdict.Deny, "terms.purpose-not-covered", $"The dataset's permission ({string.Join(", ", permissions.Select(p => Name(p.Code, p.Value)))}) does not cover this purpose ({purpose.Use}).");
    }

    /// <summary>Null for a term that sets no condition on counting (an obligation for later, or a wider allowance).</summary>
    private static Clause? Modifier(string code, string? value, Purpose purpose) => code switch
    {
        "DUO:0000044" when purpose.Use == ResearchUse.POA => Denied("terms.no-ancestry", "Research on population origins or ancestry is prohibited (NPOA)."),
        "DUO:0000015" when purpose.Use == ResearchUse.MDS => Denied("terms.no-methods", "General methods research is not allowed (NMDS)."),
        "DUO:0000018" or "DUO:0000045" or "DUO:0000046" when purpose.Commercial => Denied("terms.non-commercial", "The data are for non-commercial use only."),
        "DUO:0000021" when !purpose.EthicsApproval => Asked("terms.ethics-approval", "The data need an ethics approval; state it in the purpose (IRB)."),
        "DUO:0000020" when !purpose.Collaboration => Asked("terms.collaboration", "The data need collaboration with the biobank's investigators (COL)."),
        "DUO:0000019" when !purpose.Publication => Asked("terms.publication", "The results must be published (PUB)."),
        "DUO:0000022" when value != purpose.Country => Asked("terms.geography", $"Use is restricted to a region ({value ?? "unnamed"}) (GS)."),
        "DUO:0000016" => Asked("terms.genetic-studies", "The data are for genetic studies only (GSO)."),
        "DUO:0000012" => Asked("terms.research-type", "The data are for a certain type of research only (RS)."),
        "DUO:0000026" or "DUO:0000027" or "DUO:0000028" => Asked("terms.approved-only", "Use is limited to approved users, projects or institutions."),
        "DUO:0000044" or "DUO:0000015" or "DUO:0000018" or "DUO:0000045" or "DUO:0000046" or "DUO:0000021" or "DUO:0000020"
            or "DUO:0000019" or "DUO:0000022" or "DUO:0000024" or "DUO:0000025" or "DUO:0000029" or "DUO:0000043" => null,
        _ => Asked("terms.unknown", $"The dataset has a term this node does not know ({code})."),
    };

    private static string Name(string code, string? value) => code switch
    {
        "DUO:0000004" => "NRES",
        "DUO:0000042" => "GRU",
        "DUO:0000006" => "HMB",
        "DUO:0000011" => "POA",
        _ => $"DS {value}",
    };

    private static Clause Denied(string code, string text) => new(Verdict.Deny, code, text);

    private static Clause Asked(string code, string text) => new(Verdict.Ask, code, text);

    private sealed record Clause(Verdict Verdict, string Code, string Text);
}
