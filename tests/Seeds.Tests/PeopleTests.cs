namespace Kakehashi.Seeds.Tests;

public sealed class PeopleTests(Written written)
{
    private static readonly DateOnly DataDate = new(2026, 4, 1);

    public static TheoryData<string> Ids => [.. DemoBiobanks.All.Select(b => b.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void Age_is_whole_years_on_the_data_date_and_sex_is_the_same_in_both_files(string id)
    {
        var biobank = written[id];
        Assert.All(biobank.Participants, p =>
        {
            var born = Born(biobank, p);
            Assert.True(born.AddYears(p.Age) <= DataDate && born.AddYears(p.Age + 1) > DataDate, $"{p.Id}");
            Assert.Equal(p.Female ? "female" : "male", biobank.Identities[p.Id][6]);
        });
    }

    [Theory]
    [InlineData("bbj", 20, 100)]
    [InlineData("tommo-community", 20, 100)]
    [InlineData("jmicc", 35, 69)]
    [InlineData("dementia", 65, 105)]
    public void People_are_enrolled_at_the_age_the_biobank_enrols(string prefix, int youngest, int oldest)
    {
        var found = written.Biobanks.SelectMany(b => b.Participants
            .Where(p => p.Dataset.StartsWith(prefix, StringComparison.Ordinal))
            .Select(p => (Born: Born(b, p), p.Enrolled))).ToList();

        Assert.NotEmpty(found);
        Assert.All(found, x => Assert.True(
            x.Born.AddYears(youngest) <= x.Enrolled && x.Enrolled < x.Born.AddYears(oldest + 1), $"born {x.Born}, enrolled {x.Enrolled}"));
    }

    [Fact]
    public void Nobody_is_enrolled_before_birth_or_after_the_data_date() =>
        Assert.All(written.Biobanks, b => Assert.All(b.Participants, p => Assert.InRange(p.Enrolled, Born(b, p), DataDate.AddDays(-1))));

    [Theory]
    [InlineData("bbj", 66, 71, 0.44, 0.51)]
    [InlineData("tommo", 46, 51, 0.57, 0.64)]
    [InlineData("ncbn", 52, 59, 0.47, 0.56)]
    [InlineData("jmicc", 65, 70, 0.52, 0.60)]
    [InlineData("dementia", 77, 84, 0.50, 0.68)]
    public void Each_biobank_has_its_own_mean_age_and_share_of_women(string id, double young, double old, double few, double many)
    {
        var participants = written[id].Participants;

        Assert.InRange(participants.Average(p => p.Age), young, old);
        Assert.InRange(participants.Average(p => p.Female ? 1.0 : 0), few, many);
    }

    [Theory]
    [InlineData("bbj-first", 0.70, 0.78)]
    [InlineData("tommo-three-generation", 0.42, 0.50)]
    [InlineData("ncbn-cancer", 0.22, 0.33)]
    public void A_dataset_has_its_share_of_the_biobank(string dataset, double few, double many)
    {
        var biobank = written.Biobanks.Single(b => b.Participants.Any(p => p.Dataset == dataset));
        Assert.InRange(biobank.Participants.Average(p => p.Dataset == dataset ? 1.0 : 0), few, many);
    }

    [Fact]
    public void The_age_pyramid_narrows_with_age_and_its_oldest_are_mostly_women()
    {
        var everybody = written.Biobanks.SelectMany(b => b.Participants).ToList();
        var byBand = everybody.CountBy(p => p.Age / 10).ToDictionary();

        Assert.True(byBand[7] > byBand[8] && byBand[8] > byBand[9]);
        Assert.InRange(everybody.Where(p => p.Age >= 90).Average(p => p.Female ? 1.0 : 0), 0.55, 0.8);
        Assert.True(everybody.Where(p => p.Age >= 90).Average(p => p.Female ? 1.0 : 0)
            > everybody.Where(p => p.Age is >= 60 and < 80).Average(p => p.Female ? 1.0 : 0));
    }

    [Fact]
    public void ToMMo_is_at_home_in_Miyagi_and_Iwate() =>
        Assert.Equal(["iwate", "miyagi"], written["tommo"].Participants.Select(p => p.Prefecture).Distinct().Order());

    [Fact]
    public void Names_are_written_in_Japanese_and_read_in_katakana() =>
        Assert.All(written.Biobanks.SelectMany(b => b.Identities.Values), row =>
        {
            Assert.All(row[1] + row[2], c => Assert.True(c > '\u3000'));
            Assert.All(row[3] + row[4], c => Assert.InRange(c, '\u30A0', '\u30FF'));
        });

    private static DateOnly Born(WrittenBiobank biobank, WrittenParticipant p) =>
        DateOnly.ParseExact(biobank.Identities[p.Id][5], "yyyy-MM-dd", null);
}
