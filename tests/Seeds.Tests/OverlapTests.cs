namespace Kakehashi.Seeds.Tests;

public sealed class OverlapTests(Written written)
{
    /// <summary>Name, reading, birth date and sex of everybody who is in the truth, by person.</summary>
    private IEnumerable<IGrouping<string, (string Biobank, string[] Identity)>> People => written.Overlaps
        .GroupBy(row => row[0], row => (row[1], written[row[1]].Identities[row[2]]));

    [Fact]
    public void A_person_has_the_same_name_birth_date_and_sex_in_every_biobank() =>
        Assert.All(People, person => Assert.Single(person.Select(p => string.Join('|', p.Identity[1..7])).Distinct()));

    [Fact]
    public void A_person_is_in_at_least_two_biobanks_and_in_none_twice() =>
        Assert.All(People, person =>
        {
            Assert.True(person.Count() >= 2);
            Assert.Equal(person.Count(), person.Select(p => p.Biobank).Distinct().Count());
        });

    [Theory]
    [InlineData("tommo", "bbj", 0.02, 0.04)]
    [InlineData("ncbn", "bbj", 0.03, 0.06)]
    [InlineData("jmicc", "tommo", 0.01, 0.03)]
    [InlineData("dementia", "bbj", 0.02, 0.06)]
    [InlineData("dementia", "tommo", 0.01, 0.05)]
    public void Known_shares_of_one_biobank_are_in_another(string of, string @in, double few, double many)
    {
        var both = People.Count(person => person.Any(p => p.Biobank == of) && person.Any(p => p.Biobank == @in));
        Assert.InRange((double)both / written[of].Participants.Count, few, many);
    }

    [Fact]
    public void Whoever_agrees_in_everything_across_biobanks_is_in_the_truth_but_for_chance()
    {
        var known = written.Overlaps.Select(row => row[2]).ToHashSet();
        var same = written.Biobanks.SelectMany(b => b.Identities.Values)
            .GroupBy(i => string.Join('|', i[1..7])).Where(g => g.Count() > 1)
            .SelectMany(g => g.Select(i => i[0])).ToHashSet();

        Assert.Subset(same, known);
        Assert.InRange(same.Count - known.Count, 0, known.Count / 20);
    }

    [Fact]
    public void Records_of_one_person_agree_better_than_those_of_strangers()
    {
        var pairs = written.Overlaps.GroupBy(row => row[0]).Select(g => g.Take(2).Select(r => written[r[1]].ById[r[2]]).ToArray()).ToList();
        var agreement = pairs.Average(p => Agreement(p[0], p[1]));
        var strangers = pairs.Zip(pairs.Skip(1)).Average(p => Agreement(p.First[0], p.Second[1]));

        Assert.True(agreement > 2 * strangers, $"{agreement:F2} against {strangers:F2}");
    }

    [Fact]
    public void Some_have_moved_or_changed_insurance_in_between()
    {
        var people = People.ToList();
        Assert.InRange(people.Average(p => p.Select(x => x.Identity[7]).Distinct().Count() > 1 ? 1.0 : 0), 0.1, 0.4);
        Assert.InRange(people.Average(p => p.Select(x => x.Identity[9]).Distinct().Count() > 1 ? 1.0 : 0), 0.2, 0.95);
    }

    /// <summary>Common conditions over all conditions of the two.</summary>
    private static double Agreement(WrittenParticipant a, WrittenParticipant b) =>
        (double)a.Conditions.Intersect(b.Conditions).Count() / Math.Max(1, a.Conditions.Union(b.Conditions).Count());
}
