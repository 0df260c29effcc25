using Kakehashi.Contracts;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>A role asked for, given or ended. Given and not ended does not mean that it holds: see <see cref="RoleBook"/>.</summary>
public sealed record RoleAssignment
{
    public Guid AssignmentId { get; init; }

    public string Account { get; init; } = "";

    public string Role { get; init; } = "";

    /// <summary>A biobank or an organisation; empty for roles of the whole platform.</summary>
    public string Scope { get; init; } = "";

    public string AskedBy { get; init; } = "";

    public DateTime AskedAt { get; init; }

    public string? GivenBy { get; init; }

    public DateTime? GivenAt { get; init; }

    public DateTime? ExpiresAt { get; init; }

    public string Reason { get; init; } = "";

    /// <summary>The steward in whose stead this one acts.</summary>
    public string? DelegatedFrom { get; init; }

    public DateTime? EndedAt { get; init; }

    public string? EndedBy { get; init; }

    public string? EndReason { get; init; }

    public bool IsPending => GivenAt is null && EndedAt is null;

    public bool IsLive(DateTimeOffset now) => GivenAt is not null && EndedAt is null && (ExpiresAt is not { } end || end > now.UtcDateTime);
}

public sealed record HeldRole(string Role, string Scope, bool Delegated = false);

/// <summary>Somebody who may hold roles.</summary>
/// <param name="ByFile">Roles of the accounts file: they neither expire nor can be ended here.</param>
/// <param name="BelongsTo">Organisations that said, not long ago, that this is one of their own people.</param>
public sealed record RoleHolder(string Account, string Org, IReadOnlyList<HeldRole> ByFile, IReadOnlyList<string> BelongsTo)
{
    /// <summary>The accounts file names roles and biobanks; a role that needs a scope is meant for each of them.</summary>
    public static IReadOnlyList<HeldRole> ReadFile(IEnumerable<string> roles, IReadOnlyList<string> biobanks, string org) =>
    [
        .. roles.SelectMany(role => RoleRules.Find(role)?.Scope switch
        {
            RoleScope.Biobank => biobanks.Select(biobank => new HeldRole(role, biobank)),
            RoleScope.Organisation => [new HeldRole(role, org)],
            _ => [new HeldRole(role, "")],
        }),
    ];
}

/// <summary>People and their roles at one moment: enough of both to decide about somebody. Pure.</summary>
public sealed record RoleBook(IReadOnlyDictionary<string, RoleHolder> People, IReadOnlyList<RoleAssignment> Assignments)
{
    /// <summary>
    /// The roles that hold. A delegated role holds only while its giver holds theirs; a vouched researcher is one only in the name of the
    /// organisation that vouches.
    /// </summary>
    public IReadOnlyList<HeldRole> Held(string account, DateTimeOffset now) => People.TryGetValue(account, out var person)
        ?
        [
            .. person.ByFile,
            .. Assignments
                .Where(given => given.Account == account && given.IsLive(now)
                    && (given.Role != Roles.Researcher || given.Scope == person.Org)
                    && (given.DelegatedFrom is null || HoldsItself(given.DelegatedFrom, given.Role, given.Scope, now)))
                .Select(given => new HeldRole(given.Role, given.Scope, given.DelegatedFrom is not null)),
        ]
        : [];

    public bool Holds(string account, string role, string scope, DateTimeOffset now) =>
        Held(account, now).Any(held => held.Role == role && held.Scope == scope);

    /// <summary>Whether the role is the person's own, not one delegated to them.</summary>
    public bool HoldsItself(string account, string role, string scope, DateTimeOffset now) =>
        People.TryGetValue(account, out var person)
        && (person.ByFile.Any(held => held.Role == role && held.Scope == scope)
            || Assignments.Any(given => given.Account == account && given.Role == role && given.Scope == scope
                && given.DelegatedFrom is null && given.IsLive(now)));

    /// <summary>The book after some assignments were added or changed.</summary>
    public RoleBook With(IReadOnlyList<RoleAssignment> changed) => this with
    {
        Assignments = [.. Assignments.Where(old => changed.All(now => now.AssignmentId != old.AssignmentId)), .. changed],
    };
}
