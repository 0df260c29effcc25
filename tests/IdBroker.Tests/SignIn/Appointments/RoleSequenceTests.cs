using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Appointments;

namespace Kakehashi.IdBroker.Tests.SignIn.Appointments;

/// <summary>Whatever people do, in whatever order, and however much time passes between.</summary>
public sealed class RoleSequenceTests
{
    private static readonly string[] Everybody = [.. Book.Empty.People.Keys.Order(StringComparer.Ordinal)];

    private static readonly (string Role, string Scope)[] Anything =
        [.. RoleRules.Table.SelectMany(row => row.Scope switch
        {
            RoleScope.Platform => [(row.Role, "")],
            RoleScope.Biobank => new[] { (row.Role, Book.Biobank), (row.Role, "tommo") },
            _ => [(row.Role, Book.Org)],
        })];

    private static readonly Gen<Move> Moves =
        from kind in Gen.Elements("grant", "confirm", "ask", "vouch", "delegate", "end")
        from actor in Gen.Elements(Everybody)
        from account in Gen.Elements(Everybody)
        from what in Gen.Elements(Anything)
        from which in Gen.Choose(0, 1000)
        from days in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 100)))
        select new Move(kind, actor, account, what.Role, what.Scope, which, days);

    // What happens at one biobank all day, so that roles are given, delegated, ended and given again.
    private static readonly Gen<Move> AtBiobank =
        from move in Gen.Elements(
            new Move("grant", "chair", "hanako", Roles.Steward, Book.Biobank, 0, 0),
            new Move("delegate", "hanako", "taro", Roles.Steward, Book.Biobank, 30, 0),
            new Move("delegate", "steward", "taro", Roles.Steward, Book.Biobank, 80, 0),
            new Move("delegate", "taro", "guest", Roles.Steward, Book.Biobank, 80, 0),
            new Move("strike", "op1", "steward", Roles.Steward, Book.Biobank, 0, 0),
            new Move("restore", "op1", "steward", Roles.Steward, Book.Biobank, 0, 0),
            new Move("end", "chair", "", "", "", 0, 0))
        from which in Gen.Choose(0, 1000)
        select move.Kind == "end" ? move with { Which = which } : move;

    private static Arbitrary<Move[]> Sequences => Gen.ArrayOf(Gen.Frequency((2, Moves), (1, AtBiobank)), 60).ToArbitrary();

    [Fact]
    public void Nobody_comes_to_a_role_by_their_own_hand_alone() => Prop.ForAll(
        Sequences,
        Gen.ArrayOf(Moves, 30).ToArbitrary(),
        Gen.Elements(Everybody).ToArbitrary(),
        (before, alone, person) =>
        {
            var (book, now) = before.Aggregate((Book.Empty, Book.Start), (state, move) => move.Make(state));
            var had = book.Held(person, now).Select(held => (held.Role, held.Scope)).ToHashSet();
            foreach (var move in alone)
            {
                (book, now) = (move with { Actor = person }).Make((book, now));
                if (!had.IsSupersetOf(book.Held(person, now).Select(held => (held.Role, held.Scope))))
                {
                    return false;
                }
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void What_was_delegated_never_outlives_the_givers_own_role() => Prop.ForAll(Sequences, moves =>
    {
        var (state, dead) = ((Book.Empty, Book.Start), new HashSet<Guid>()); // the delegations whose giver once was without the role
        foreach (var move in moves)
        {
            state = move.Make(state);
            var (book, now) = state;
            foreach (var given in book.Assignments.Where(given => given.DelegatedFrom is not null))
            {
                if (!book.HoldsItself(given.DelegatedFrom!, given.Role, given.Scope, now) || now >= given.GivenAt!.Value.AddDays(90))
                {
                    dead.Add(given.AssignmentId);
                }
            }

            // Whoever stands in does so by an assignment of which that was never so.
            if (Everybody.Any(person => book.Held(person, now).Any(held => held.Delegated && !book.Assignments.Any(given =>
                    given.Account == person && given.Scope == held.Scope && given.DelegatedFrom is not null && given.IsLive(now)
                    && !dead.Contains(given.AssignmentId)))))
            {
                return false;
            }
        }

        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Fact]
    public void Whatever_was_given_was_given_by_others_who_could() => Prop.ForAll(Sequences, moves =>
    {
        var (book, _) = moves.Aggregate((Book.Empty, Book.Start), (state, move) => move.Make(state));
        return book.Assignments.All(given =>
            given.GivenBy != given.Account
            && (given.Role != Roles.Operator || (given.AskedBy != given.Account && given.AskedBy != given.GivenBy))
            && (given.Role != Roles.Researcher || given.AskedBy == given.Account));
    }).QuickCheckThrowOnFailure();

    private sealed record Move(string Kind, string Actor, string Account, string Role, string Scope, int Which, int Days)
    {
        public (RoleBook Book, DateTimeOffset Now) Make((RoleBook Book, DateTimeOffset Now) state)
        {
            var (book, now) = (state.Book, state.Now.AddDays(Days));
            var wanted = SignIn.Appointments.Book.Wanted(Account, Role, Scope);
            var found = book.Assignments.Count == 0 ? null : book.Assignments[Which % book.Assignments.Count];
            if (Kind is "strike" or "restore")
            {
                book = book with { People = Changed(book.People, Kind == "strike" ? [] : SignIn.Appointments.Book.Empty.People[Account].ByFile) };
                return (book.With(RoleRules.Orphans(book, now)), now);
            }

            var outcome = (Kind, found) switch
            {
                ("grant", _) => RoleRules.Grant(book, Actor, wanted, now),
                ("ask", _) => RoleRules.Ask(book, wanted with { Account = Actor }, now),
                ("delegate", _) => RoleRules.Delegate(book, Actor, wanted with { Role = Roles.Steward }, 1 + (Which % 100), now),
                ("confirm", { } asked) => RoleRules.Confirm(book, Actor, asked, now),
                ("vouch", { } asked) => RoleRules.Vouch(book, Actor, asked, now),
                ("end", { } ended) => RoleRules.End(book, Actor, ended, "because", now),
                _ => RoleOutcome.Done(),
            };
            return (outcome.Refusal is null ? book.With(outcome.Changed) : book, now);
        }

        /// <summary>The accounts file takes a role away, or gives it again.</summary>
        private Dictionary<string, RoleHolder> Changed(IReadOnlyDictionary<string, RoleHolder> people, IReadOnlyList<HeldRole> byFile) =>
            people.ToDictionary(person => person.Key, person => person.Key == Account ? person.Value with { ByFile = byFile } : person.Value);
    }
}
