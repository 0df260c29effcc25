using System.Collections.Frozen;
using Kakehashi.Contracts;

namespace Kakehashi.Node.Passports;

/// <summary>Until when a dataset is open (second since 1970), or why it is not.</summary>
public sealed record PassportDecision(long? Until, IReadOnlyList<Reason> Reasons)
{
    public bool IsPermitted => Until is not null;
}

/// <summary>
/// Whether accepted visas open a dataset: a ControlledAccessGrants visa about the caller, from a committee of this biobank, whose
/// conditions are met, and everything it rests on in force for the time asked for. Pure; the order of visas does not matter.
/// </summary>
public static class PassportRules
{
    public const string NoGrant = "access.no-grant";
    public const string SomebodyElse = "access.somebody-else";
    public const string NotByCommittee = "access.not-by-committee";
    public const string OtherCommittee = "access.other-committee";
    public const string ConditionsUnmet = "access.conditions-unmet";
    public const string EndsTooSoon = "access.ends-too-soon";

    private static readonly FrozenDictionary<string, string> Texts = new Dictionary<string, string>
    {
        [NoGrant] = "No accepted visa grants access to this dataset.",
        [SomebodyElse] = "A visa grants access to somebody else, and no accepted visa links that account with yours.",
        [NotByCommittee] = "A visa grants access, but not on a data access committee's authority (by: dac).",
        [OtherCommittee] = "A visa grants access, but its source is not this biobank's data access committee.",
        [ConditionsUnmet] = "A visa grants access under conditions that no other accepted visas of yours meet.",
        [EndsTooSoon] = "A visa grants access, but it, or a visa it rests on, ends before the time asked for.",
    }.ToFrozenDictionary();

    /// <param name="dataset">The URL that grants name the dataset by.</param>
    /// <param name="seconds">How long the access must last.</param>
    public static PassportDecision Decide(
        string dataset, VisaIdentity caller, IReadOnlyList<Visa> visas, PassportPolicy policy, long now, long seconds)
    {
        var own = LinkRules.OwnUntil(caller, visas);
        List<Visa> usable = [.. visas.Where(visa => own.ContainsKey(visa.Identity))
            .Select(visa => visa with { Until = Math.Min(visa.Until, own[visa.Identity]) })];
        var verdicts = usable.Where(visa => IsGrantOf(visa, dataset)).Select(grant => Judge(grant, usable, policy, now + seconds)).ToList();
        if (verdicts.Max(verdict => verdict.Until) is { } until)
        {
            return new(until, []);
        }

        var codes = verdicts.Select(verdict => verdict.WhyNot!).ToList();
        if (codes.Count == 0)
        {
            codes.Add(visas.Any(visa => IsGrantOf(visa, dataset)) ? SomebodyElse : NoGrant);
        }

        return new(null, [.. codes.Distinct().Order(StringComparer.Ordinal).Select(code => new Reason(code, Texts[code]))]);
    }

    private static bool IsGrantOf(Visa visa, string dataset) =>
        visa.Type == VisaWords.ControlledAccessGrants && visa.Value == dataset;

    private static (long? Until, string? WhyNot) Judge(Visa grant, IReadOnlyList<Visa> visas, PassportPolicy policy, long end)
    {
        if (grant.By != VisaWords.ByCommittee)
        {
            return (null, NotByCommittee);
        }

        if (!policy.Committees.Contains(grant.Source))
        {
            return (null, OtherCommittee);
        }

        var met = grant.IsConditional ? ConditionRules.MetUntil(grant.Conditions!.Value, visas) : grant.Until;
        return Math.Min(grant.Until, met ?? 0) switch
        {
            _ when met is null => (null, ConditionsUnmet),
            var until when end < until => (until, null),
            _ => (null, EndsTooSoon),
        };
    }
}
