using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Appointments;

namespace Kakehashi.IdBroker.Tests.SignIn.Appointments;

public sealed class RoleRulesTests
{
    private static readonly DateTimeOffset Now = Book.Start;

    [Theory]
    [InlineData("op1", Roles.Auditor, "", null)]
    [InlineData("op1", Roles.Representative, Book.Org, null)]
    [InlineData("op1", Roles.DacChair, Book.Biobank, null)]
    [InlineData("op1", Roles.Operator, "", null)]
    [InlineData("chair", Roles.Steward, Book.Biobank, null)]
    [InlineData("op1", Roles.Steward, Book.Biobank, RoleRefusals.NotYours)]
    [InlineData("otherchair", Roles.Steward, Book.Biobank, RoleRefusals.NotYours)]
    [InlineData("steward", Roles.Steward, Book.Biobank, RoleRefusals.NotYours)]
    [InlineData("chair", Roles.DacChair, Book.Biobank, RoleRefusals.NotYours)]
    [InlineData("chair", Roles.Auditor, "", RoleRefusals.NotYours)]
    [InlineData("rep", Roles.Representative, Book.Org, RoleRefusals.NotYours)]
    [InlineData("guest", Roles.Auditor, "", RoleRefusals.NotYours)]
    [InlineData("op1", Roles.Researcher, Book.Org, RoleRefusals.NotGiven)]
    [InlineData("op1", Roles.Participant, "", RoleRefusals.NotGiven)]
    [InlineData("op1", Roles.Node, "", RoleRefusals.NotGiven)]
    public void Who_gives_what(string actor, string role, string scope, string? refusal) =>
        Assert.Equal(refusal, RoleRules.Grant(Book.Empty, actor, Book.Wanted("hanako", role, scope), Now).Refusal);

    [Fact]
    public void Every_role_of_the_table_is_a_role_and_has_a_giver_in_it() => Assert.All(RoleRules.Table, row =>
    {
        Assert.NotNull(RoleRules.Find(row.GivenBy));
        Assert.Same(row, RoleRules.Find(row.Role));
    });

    [Theory]
    [InlineData("op1", Roles.Auditor, "")]
    [InlineData("op1", Roles.Operator, "")]
    [InlineData("chair", Roles.Steward, Book.Biobank)]
    public void Nobody_gives_to_themselves(string actor, string role, string scope) =>
        Assert.Equal(RoleRefusals.OwnHand, RoleRules.Grant(Book.Empty, actor, Book.Wanted(actor, role, scope), Now).Refusal);

    [Fact]
    public void What_is_there_or_asked_for_is_not_given_again()
    {
        var auditor = Book.Empty.After(RoleRules.Grant(Book.Empty, "op1", Book.Wanted("hanako", Roles.Auditor), Now));
        var asked = Book.Empty.After(RoleRules.Grant(Book.Empty, "op1", Book.Wanted("hanako", Roles.Operator), Now));

        Assert.Equal(RoleRefusals.AlreadyThere, RoleRules.Grant(auditor, "op2", Book.Wanted("hanako", Roles.Auditor), Now).Refusal);
        Assert.Equal(RoleRefusals.AlreadyThere, RoleRules.Grant(asked, "op2", Book.Wanted("hanako", Roles.Operator), Now).Refusal);
        Assert.Equal(RoleRefusals.AlreadyThere, RoleRules.Grant(Book.Empty, "chair", Book.Wanted("steward", Roles.Steward, Book.Biobank), Now).Refusal);
        Assert.Equal(RoleRefusals.NoSuchAccount, RoleRules.Grant(Book.Empty, "op1", Book.Wanted("nobody", Roles.Auditor), Now).Refusal);
    }

    [Theory]
    [InlineData("op1", RoleRefusals.OwnHand)]
    [InlineData("hanako", RoleRefusals.NotYours)]
    [InlineData("chair", RoleRefusals.NotYours)]
    [InlineData("op2", null)]
    public void An_operator_takes_two_others(string confirmer, string? refusal)
    {
        var book = Book.Empty.After(RoleRules.Grant(Book.Empty, "op1", Book.Wanted("hanako", Roles.Operator), Now));
        Assert.False(book.Holds("hanako", Roles.Operator, "", Now));

        var outcome = RoleRules.Confirm(book, confirmer, book.Newest(), Now);

        Assert.Equal(refusal, outcome.Refusal);
        Assert.Equal(refusal is null, book.With(outcome.Changed).Holds("hanako", Roles.Operator, "", Now));
    }

    [Fact]
    public void A_request_by_an_operator_who_left_is_not_confirmed()
    {
        var book = Book.Empty.After(RoleRules.Grant(Book.Empty, "op1", Book.Wanted("hanako", Roles.Operator), Now));
        var gone = book with
        {
            People = book.People.ToDictionary(p => p.Key, p => p.Key == "op1" ? p.Value with { ByFile = [] } : p.Value),
        };

        Assert.Equal(RoleRefusals.AskerLeft, RoleRules.Confirm(gone, "op2", gone.Newest(), Now).Refusal);
    }

    [Fact]
    public void A_vouch_is_asked_for_given_by_the_representative_and_holds_twelve_months()
    {
        var asked = Book.Empty.After(RoleRules.Ask(Book.Empty, Book.Wanted("hanako", Roles.Researcher, Book.Org), Now));
        Assert.False(asked.Holds("hanako", Roles.Researcher, Book.Org, Now));
        foreach (var other in new[] { "hanako", "op1", "chair", "guest" })
        {
            Assert.Equal(RoleRefusals.NotYours, RoleRules.Vouch(asked, other, asked.Newest(), Now).Refusal);
        }

        var vouched = asked.After(RoleRules.Vouch(asked, "rep", asked.Newest(), Now));

        Assert.True(vouched.Holds("hanako", Roles.Researcher, Book.Org, Now.AddMonths(12).AddSeconds(-1)));
        Assert.False(vouched.Holds("hanako", Roles.Researcher, Book.Org, Now.AddMonths(12)));
        var renewed = vouched.After(RoleRules.Vouch(vouched, "rep", vouched.Newest(), Now.AddMonths(11)));
        Assert.True(renewed.Holds("hanako", Roles.Researcher, Book.Org, Now.AddMonths(22)));
    }

    [Fact]
    public void A_representative_does_not_vouch_for_themselves_and_nobody_asks_without_belonging()
    {
        var asked = Book.Empty.After(RoleRules.Ask(Book.Empty, Book.Wanted("rep", Roles.Researcher, Book.Org), Now));

        Assert.Equal(RoleRefusals.OwnHand, RoleRules.Vouch(asked, "rep", asked.Newest(), Now).Refusal);
        Assert.Equal(RoleRefusals.NoAffiliation, RoleRules.Ask(Book.Empty, Book.Wanted("guest", Roles.Researcher, Book.Org), Now).Refusal);
        Assert.Equal(RoleRefusals.NotGiven, RoleRules.Ask(Book.Empty, Book.Wanted("hanako", Roles.Researcher, "Another"), Now).Refusal);
        Assert.Equal(RoleRefusals.NotGiven, RoleRules.Ask(Book.Empty, Book.Wanted("hanako", Roles.Auditor), Now).Refusal);
    }

    [Fact]
    public void A_researcher_is_one_only_in_the_name_of_the_organisation_that_vouches()
    {
        var asked = Book.Empty.After(RoleRules.Ask(Book.Empty, Book.Wanted("hanako", Roles.Researcher, Book.Org), Now));
        var vouched = asked.After(RoleRules.Vouch(asked, "rep", asked.Newest(), Now));
        var moved = vouched with
        {
            People = vouched.People.ToDictionary(p => p.Key, p => p.Key == "hanako" ? p.Value with { Org = "Another" } : p.Value),
        };

        Assert.Empty(moved.Held("hanako", Now));
    }

    [Theory]
    [InlineData("steward", "hanako", 90, null)]
    [InlineData("steward", "hanako", 91, RoleRefusals.TooLong)]
    [InlineData("steward", "hanako", 0, RoleRefusals.TooLong)]
    [InlineData("steward", "steward", 30, RoleRefusals.OwnHand)]
    [InlineData("chair", "hanako", 30, RoleRefusals.NotYours)]
    [InlineData("op1", "hanako", 30, RoleRefusals.NotYours)]
    public void Who_delegates_and_for_how_long(string actor, string account, int days, string? refusal) =>
        Assert.Equal(refusal, RoleRules.Delegate(Book.Empty, actor, Book.Wanted(account, Roles.Steward, Book.Biobank), days, Now).Refusal);

    [Fact]
    public void A_delegated_role_is_not_delegated_on_and_ends_by_itself()
    {
        var book = Book.Empty.After(RoleRules.Delegate(Book.Empty, "steward", Book.Wanted("hanako", Roles.Steward, Book.Biobank), 30, Now));

        Assert.True(book.Holds("hanako", Roles.Steward, Book.Biobank, Now.AddDays(29)));
        Assert.False(book.Holds("hanako", Roles.Steward, Book.Biobank, Now.AddDays(30)));
        Assert.Equal(
            RoleRefusals.NotYours, RoleRules.Delegate(book, "hanako", Book.Wanted("taro", Roles.Steward, Book.Biobank), 10, Now).Refusal);
    }

    [Fact]
    public void What_was_delegated_ends_with_the_givers_role_and_does_not_come_back_with_it()
    {
        var appointed = Book.Empty.After(RoleRules.Grant(Book.Empty, "chair", Book.Wanted("hanako", Roles.Steward, Book.Biobank), Now));
        var own = appointed.Newest();
        var delegated = appointed.After(RoleRules.Delegate(appointed, "hanako", Book.Wanted("taro", Roles.Steward, Book.Biobank), 90, Now));

        var ended = delegated.After(RoleRules.End(delegated, "chair", own, "left", Now.AddDays(1)));
        var again = ended.After(RoleRules.Grant(ended, "chair", Book.Wanted("hanako", Roles.Steward, Book.Biobank), Now.AddDays(2)));

        Assert.False(ended.Holds("taro", Roles.Steward, Book.Biobank, Now.AddDays(1)));
        Assert.True(again.Holds("hanako", Roles.Steward, Book.Biobank, Now.AddDays(2)));
        Assert.False(again.Holds("taro", Roles.Steward, Book.Biobank, Now.AddDays(2)));
    }

    [Theory]
    [InlineData("chair", null)]
    [InlineData("op2", null)]
    [InlineData("hanako", null)]
    [InlineData("otherchair", RoleRefusals.NotYours)]
    [InlineData("steward", RoleRefusals.NotYours)]
    [InlineData("taro", RoleRefusals.NotYours)]
    public void Who_ends_a_stewards_role(string actor, string? refusal)
    {
        var book = Book.Empty.After(RoleRules.Grant(Book.Empty, "chair", Book.Wanted("hanako", Roles.Steward, Book.Biobank), Now));

        var outcome = RoleRules.End(book, actor, book.Newest(), "left", Now);

        Assert.Equal(refusal, outcome.Refusal);
        Assert.Equal(refusal is not null, book.With(outcome.Changed).Holds("hanako", Roles.Steward, Book.Biobank, Now));
    }
}
