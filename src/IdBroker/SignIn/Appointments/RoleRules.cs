using Kakehashi.Contracts;

namespace Kakehashi.IdBroker.SignIn.Appointments;

public enum RoleScope
{
    Platform,
    Biobank,
    Organisation,
}

/// <summary>Who gives a role, and for what.</summary>
/// <param name="GivenBy">The role of the giver: an operator anywhere, any other for the same biobank or organisation.</param>
/// <param name="TwoGivers">A second giver confirms before it holds.</param>
/// <param name="AskedFor">Only the person asks for it; nobody is given it unasked.</param>
public sealed record RoleRow(string Role, RoleScope Scope, string GivenBy, bool TwoGivers = false, bool AskedFor = false);

/// <summary>What a move changes, or why it is not allowed: one of <see cref="RoleRefusals"/>.</summary>
public sealed record RoleOutcome(string? Refusal, IReadOnlyList<RoleAssignment> Changed)
{
    public static RoleOutcome Refused(string refusal) => new(refusal, []);

    public static RoleOutcome Done(params IReadOnlyList<RoleAssignment> changed) => new(null, changed);
}

/// <summary>Every way in which a role comes and goes. Pure. Nobody gives, confirms or vouches for themselves.</summary>
public static class RoleRules
{
    public const int VouchMonths = 12;
    public const int LongestDelegationDays = 90;

    public static readonly IReadOnlyList<RoleRow> Table =
    [
        new(Roles.Auditor, RoleScope.Platform, Roles.Operator),
        new(Roles.Operator, RoleScope.Platform, Roles.Operator, TwoGivers: true),
        new(Roles.Representative, RoleScope.Organisation, Roles.Operator),
        new(Roles.DacChair, RoleScope.Biobank, Roles.Operator),
        new(Roles.Steward, RoleScope.Biobank, Roles.DacChair),
        new(Roles.Researcher, RoleScope.Organisation, Roles.Representative, AskedFor: true),
    ];

    /// <summary>Null for what is no role, or one that only the accounts file gives.</summary>
    public static RoleRow? Find(string role) => Table.FirstOrDefault(row => row.Role == role);

    /// <summary>Whether this person gives this role for this biobank or organisation.</summary>
    public static bool MayGive(RoleBook book, string actor, RoleRow row, string scope, DateTimeOffset now) =>
        book.Holds(actor, row.GivenBy, row.GivenBy == Roles.Operator ? "" : scope, now);

    /// <summary>Gives a role; one that takes two givers waits for the second.</summary>
    public static RoleOutcome Grant(RoleBook book, string actor, RoleAssignment wanted, DateTimeOffset now) => Find(wanted.Role) switch
    {
        null or { AskedFor: true } => RoleOutcome.Refused(RoleRefusals.NotGiven),
        _ when wanted.Account == actor => RoleOutcome.Refused(RoleRefusals.OwnHand),
        { } row when !MayGive(book, actor, row, wanted.Scope, now) => RoleOutcome.Refused(RoleRefusals.NotYours),
        _ when WhyNotNew(book, wanted, now) is { } refusal => RoleOutcome.Refused(refusal),
        { TwoGivers: true } => Add(book, wanted with { AskedBy = actor, AskedAt = now.UtcDateTime }, now),
        _ => Add(book, wanted with { AskedBy = actor, AskedAt = now.UtcDateTime, GivenBy = actor, GivenAt = now.UtcDateTime }, now),
    };

    /// <summary>The second giver says yes: neither the first nor the person themselves.</summary>
    public static RoleOutcome Confirm(RoleBook book, string actor, RoleAssignment asked, DateTimeOffset now) => Find(asked.Role) switch
    {
        { TwoGivers: true } row when !MayGive(book, actor, row, asked.Scope, now) => RoleOutcome.Refused(RoleRefusals.NotYours),
        { TwoGivers: true } when !asked.IsPending => RoleOutcome.Refused(RoleRefusals.NotPending),
        { TwoGivers: true } when actor == asked.Account || actor == asked.AskedBy => RoleOutcome.Refused(RoleRefusals.OwnHand),
        { TwoGivers: true } row when !MayGive(book, asked.AskedBy, row, asked.Scope, now) => RoleOutcome.Refused(RoleRefusals.AskerLeft),
        { TwoGivers: true } => RoleOutcome.Done(asked with { GivenBy = actor, GivenAt = now.UtcDateTime }),
        _ => RoleOutcome.Refused(RoleRefusals.NotYours),
    };

    /// <summary>Somebody asks to be a researcher of the organisation they come from.</summary>
    public static RoleOutcome Ask(RoleBook book, RoleAssignment wanted, DateTimeOffset now) =>
        wanted.Role != Roles.Researcher || !book.People.TryGetValue(wanted.Account, out var person) || person.Org != wanted.Scope
            ? RoleOutcome.Refused(RoleRefusals.NotGiven)
            : !person.BelongsTo.Contains(wanted.Scope) ? RoleOutcome.Refused(RoleRefusals.NoAffiliation)
            : WhyNotNew(book, wanted, now) is { } refusal ? RoleOutcome.Refused(refusal)
            : Add(book, wanted with { AskedBy = wanted.Account, AskedAt = now.UtcDateTime }, now);

    /// <summary>The organisation's representative vouches for a researcher, for the first time or anew.</summary>
    public static RoleOutcome Vouch(RoleBook book, string actor, RoleAssignment asked, DateTimeOffset now) => Find(asked.Role) switch
    {
        { AskedFor: true } row when !MayGive(book, actor, row, asked.Scope, now) => RoleOutcome.Refused(RoleRefusals.NotYours),
        { AskedFor: true } when actor == asked.Account => RoleOutcome.Refused(RoleRefusals.OwnHand),
        { AskedFor: true } when asked.EndedAt is not null => RoleOutcome.Refused(RoleRefusals.NotPending),
        { AskedFor: true } when !book.People.TryGetValue(asked.Account, out var person) || !person.BelongsTo.Contains(asked.Scope) =>
            RoleOutcome.Refused(RoleRefusals.NoAffiliation),
        { AskedFor: true } => RoleOutcome.Done(
            asked with { GivenBy = actor, GivenAt = now.UtcDateTime, ExpiresAt = now.AddMonths(VouchMonths).UtcDateTime }),
        _ => RoleOutcome.Refused(RoleRefusals.NotYours),
    };

    /// <summary>A steward lets somebody act in their stead for a while. What was delegated is not delegated on.</summary>
    public static RoleOutcome Delegate(RoleBook book, string actor, RoleAssignment wanted, int days, DateTimeOffset now) => wanted switch
    {
        { Role: not Roles.Steward } => RoleOutcome.Refused(RoleRefusals.NotGiven),
        _ when wanted.Account == actor => RoleOutcome.Refused(RoleRefusals.OwnHand),
        _ when !book.HoldsItself(actor, wanted.Role, wanted.Scope, now) => RoleOutcome.Refused(RoleRefusals.NotYours),
        _ when days is < 1 or > LongestDelegationDays => RoleOutcome.Refused(RoleRefusals.TooLong),
        _ when WhyNotNew(book, wanted, now) is { } refusal => RoleOutcome.Refused(refusal),
        _ => Add(
            book,
            wanted with
            {
                AskedBy = actor,
                AskedAt = now.UtcDateTime,
                GivenBy = actor,
                GivenAt = now.UtcDateTime,
                ExpiresAt = now.AddDays(days).UtcDateTime,
                DelegatedFrom = actor,
            },
            now),
    };

    /// <summary>
    /// Ends a role or a request: whoever could give it, whoever delegated it, an operator, or the person themselves. What was delegated from an
    /// ended role ends with it.
    /// </summary>
    public static RoleOutcome End(RoleBook book, string actor, RoleAssignment ended, string reason, DateTimeOffset now)
    {
        if (ended.EndedAt is not null)
        {
            return RoleOutcome.Refused(RoleRefusals.NotPending);
        }

        if (ended.Account != actor && ended.DelegatedFrom != actor && !book.Holds(actor, Roles.Operator, "", now)
            && !MayGive(book, actor, Find(ended.Role)!, ended.Scope, now))
        {
            return RoleOutcome.Refused(RoleRefusals.NotYours);
        }

        var gone = Ended(ended, actor, reason, now);
        return book.With([gone]).HoldsItself(ended.Account, ended.Role, ended.Scope, now)
            ? RoleOutcome.Done(gone)
            : RoleOutcome.Done([gone, .. book.Assignments
                .Where(given => given.DelegatedFrom == ended.Account && given.Scope == ended.Scope && given.EndedAt is null)
                .Select(given => Ended(given, actor, "giver-left", now))]);
    }

    /// <summary>
    /// What was delegated by people who have lost their own role without anybody ending it here: the accounts file took it away. Ended, so that it
    /// does not come back when the file gives the role again.
    /// </summary>
    public static IReadOnlyList<RoleAssignment> Orphans(RoleBook book, DateTimeOffset now) =>
    [
        .. book.Assignments
            .Where(given => given is { DelegatedFrom: not null, EndedAt: null } && !book.HoldsItself(given.DelegatedFrom, given.Role, given.Scope, now))
            .Select(given => Ended(given, "idbroker", "giver-left", now)),
    ];

    private static string? WhyNotNew(RoleBook book, RoleAssignment wanted, DateTimeOffset now) =>
        !book.People.ContainsKey(wanted.Account) ? RoleRefusals.NoSuchAccount
        : book.Holds(wanted.Account, wanted.Role, wanted.Scope, now)
            || book.Assignments.Any(open => IsSame(open, wanted) && open.IsPending) ? RoleRefusals.AlreadyThere
        : null;

    /// <summary>One that has run out, or whose giver has left, makes room for the new one.</summary>
    private static RoleOutcome Add(RoleBook book, RoleAssignment added, DateTimeOffset now) => RoleOutcome.Done(
    [
        .. book.Assignments.Where(old => IsSame(old, added) && old.EndedAt is null).Select(old => Ended(old, "idbroker", "no-longer-held", now)),
        added with { AssignmentId = Guid.CreateVersion7(now) },
    ]);

    private static bool IsSame(RoleAssignment one, RoleAssignment other) =>
        one.Account == other.Account && one.Role == other.Role && one.Scope == other.Scope;

    private static RoleAssignment Ended(RoleAssignment ended, string actor, string reason, DateTimeOffset now) =>
        ended with { EndedAt = now.UtcDateTime, EndedBy = actor, EndReason = reason };
}
