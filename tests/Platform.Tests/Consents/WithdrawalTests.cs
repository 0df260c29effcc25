using System.Net;
using Kakehashi.AppHost.Platform;
using Kakehashi.Consent.Withdrawals;
using Kakehashi.Contracts;
using Kakehashi.Node.Consents;
using Kakehashi.Platform.Tests.Searches;
using Microsoft.Extensions.DependencyInjection;

namespace Kakehashi.Platform.Tests.Consents;

[Collection<DemoPlatformTests>]
public sealed class WithdrawalTests(DemoPlatform demo)
{
    private const string Path = "api/consent/withdrawals";

    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_participant_who_withdraws_is_in_no_later_count_and_withdraws_once()
    {
        demo.Withdrawn.Add(DemoAccounts.FirstParticipant);
        Assert.True(IsCounted("bbj", DemoAccounts.FirstParticipant));

        var withdrawal = (await WithdrawAsync("yamamoto", "bbj", null)).Read<Withdraw.Response>();
        var next = await demo.Platform.SearchAsync(new(Question.Everybody) { Biobanks = ["bbj"] }, _ct);

        Assert.NotNull(withdrawal.EffectiveAt);
        Assert.True(Assert.Single(next.Nodes!).Freshness!.ConsentSequence >= withdrawal.Sequence);
        Assert.False(IsCounted("bbj", DemoAccounts.FirstParticipant));
        var again = await WithdrawAsync("yamamoto", "bbj", null);
        Assert.Equal((HttpStatusCode.Conflict, "consent.already-withdrawn"), (again.Status, again.Code()));
    }

    [Fact]
    public async Task The_very_next_answer_is_without_those_who_withdrew()
    {
        // A cohort of 15, 25, … rounds up, and one fewer rounds down: the one place where a single person shows.
        var people = DemoTruth.Read(demo.FolderOf("bbj"))
            .Where(person => person.AllowsBiomedicalResearch() && !demo.Withdrawn.Contains(person.Id)).ToList();
        var oldest = Enumerable.Range(30, 70)
            .First(age => people.Count(person => person.Age < age) is > 10 and var count && count % 10 == 5);
        var cohort = people.Where(person => person.Age < oldest).ToList();
        var question = new Question($$$"""{"age":{"to":{{{oldest}}}}}""") { Biobanks = ["bbj"] };
        var leaving = cohort.First(person => person.Id != DemoAccounts.FirstParticipant);
        demo.Withdrawn.Add(leaving.Id);

        var before = await demo.Platform.SearchAsync(question, _ct);
        (await WithdrawAsync("tanaka", "bbj", demo.ReferenceOf("bbj", leaving.Id))).Read<Withdraw.Response>();
        var after = await demo.Platform.SearchAsync(question, _ct);

        Assert.Equal(cohort.Count + 5, before.Total.Value);
        Assert.Equal(cohort.Count - 5, after.Total.Value);
    }

    [Fact]
    public async Task A_steward_acts_for_the_own_biobank_and_anybody_elses_participants_do_not_exist()
    {
        var own = DemoTruth.Read(demo.FolderOf("bbj"))[^1].Id;
        var elses = DemoTruth.Read(demo.FolderOf("tommo")).Last(person => person.AllowsBiomedicalResearch()).Id;
        demo.Withdrawn.Add(own);

        var good = await WithdrawAsync("tanaka", "bbj", demo.ReferenceOf("bbj", own));
        var refused = await WithdrawAsync("tanaka", "tommo", demo.ReferenceOf("tommo", elses));
        var nowhere = await WithdrawAsync("tanaka", "no-such-biobank", demo.ReferenceOf("tommo", elses));

        Assert.NotNull(good.Read<Withdraw.Response>().EffectiveAt);
        Assert.Equal((HttpStatusCode.NotFound, "consent.not-found"), (refused.Status, refused.Code()));
        Assert.Equal((nowhere.Status, nowhere.Code(), nowhere.Member("detail")), (refused.Status, refused.Code(), refused.Member("detail")));
        Assert.True(IsCounted("tommo", elses));
    }

    [Fact]
    public async Task A_participant_cannot_withdraw_for_somebody_else()
    {
        var reply = await WithdrawAsync("yamamoto", "bbj", demo.ReferenceOf("bbj", "B0000002"));

        Assert.Equal((HttpStatusCode.NotFound, "consent.not-found"), (reply.Status, reply.Code()));
        Assert.DoesNotContain(demo.ReferenceOf("bbj", "B0000002"), View("bbj").Replica.Withdrawn);
    }

    [Theory]
    [InlineData("sato")]
    [InlineData("ito")]
    [InlineData("watanabe")]
    public async Task Others_withdraw_nobody(string account)
    {
        var reply = await WithdrawAsync(account, "bbj", demo.ReferenceOf("bbj", "B0000003"));

        Assert.Equal((HttpStatusCode.Forbidden, "access.forbidden"), (reply.Status, reply.Code()));
    }

    private Task<Reply> WithdrawAsync(string account, string biobank, ParticipantRef? participant) => demo.Platform.PostAsync(
        account,
        Path,
        participant is { } named
            ? $$"""{"biobank":"{{biobank}}","participant":"{{named.ToWire()}}","reason":"asked by letter"}"""
            : $$"""{"biobank":"{{biobank}}","reason":"no longer wished"}""",
        _ct);

    /// <summary>Looks inside the node: whether its present view of consents lets the participant into a count of biomedical research.</summary>
    private bool IsCounted(string biobank, string participant)
    {
        var view = View(biobank).Live.View!;
        var mask = view.MaskFor(new(ResearchUse.HMB, []), [.. view.Index.Datasets.Keys]);
        var id = view.Index.IdOf(demo.ReferenceOf(biobank, participant));
        Assert.True(id >= 0, "The node does not hold the participant.");
        return (mask[id >> 6] & (1UL << id)) != 0;
    }

    private (LiveIndex Live, ConsentReplica Replica) View(string biobank)
    {
        var services = demo.Platform.Local.Hosts.ServicesOf($"node-{biobank}");
        return (services.GetRequiredService<LiveIndex>(), services.GetRequiredService<ConsentReplica>());
    }
}
