using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Appointments;

namespace Kakehashi.IdBroker.Tests.SignIn.Appointments;

/// <summary>A small platform on paper: two operators, and at the university U and the biobank bbj one of each kind.</summary>
internal static class Book
{
    public const string Org = "U";
    public const string Biobank = "bbj";

    public static readonly DateTimeOffset Start = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly RoleBook Empty = new(
        new[]
        {
            Person("op1", new HeldRole(Roles.Operator, "")),
            Person("op2", new HeldRole(Roles.Operator, "")),
            Person("chair", new HeldRole(Roles.DacChair, Biobank)),
            Person("otherchair", new HeldRole(Roles.DacChair, "tommo")),
            Person("steward", new HeldRole(Roles.Steward, Biobank)),
            Person("rep", new HeldRole(Roles.Representative, Org)),
            Person("hanako"),
            Person("taro"),
            Person("guest") with { BelongsTo = [] },
        }.ToDictionary(person => person.Account),
        []);

    public static RoleAssignment Wanted(string account, string role, string scope = "") =>
        new() { Account = account, Role = role, Scope = scope, Reason = "because" };

    /// <summary>The book after a move that must be allowed.</summary>
    public static RoleBook After(this RoleBook book, RoleOutcome outcome)
    {
        Assert.Null(outcome.Refusal);
        return book.With(outcome.Changed);
    }

    public static RoleAssignment Newest(this RoleBook book) => book.Assignments[^1];

    private static RoleHolder Person(string account, params HeldRole[] byFile) => new(account, Org, byFile, [Org]);
}
