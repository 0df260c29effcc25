namespace Kakehashi.Seeds.Tests;

public sealed class ConditionsTests(Written written)
{
    private readonly List<WrittenParticipant> _everybody = [.. written.Biobanks.SelectMany(b => b.Participants)];

    [Fact]
    public void A_participant_has_about_twenty_conditions() =>
        Assert.InRange(_everybody.Average(p => p.Conditions.Count), 19, 21);

    [Theory]
    [InlineData("bbj")]
    [InlineData("tommo")]
    [InlineData("ncbn")]
    [InlineData("jmicc")]
    [InlineData("dementia")]
    public void No_biobank_is_far_from_twenty_conditions_per_participant(string id) =>
        Assert.InRange(written[id].Participants.Average(p => p.Conditions.Count), 16, 27);

    [Fact]
    public void The_disease_biobank_records_more_than_the_healthy_cohort() =>
        Assert.True(Share(written["bbj"], "E11") > 1.3 * Share(written["jmicc"], "E11"));

    [Theory]
    [InlineData("E11", 70)]
    [InlineData("I10", 80)]
    [InlineData("F00", 90)]
    [InlineData("H25", 80)]
    [InlineData("I63", 80)]
    [InlineData("M17", 70)]
    public void Diseases_of_age_rise_with_age(string category, int until)
    {
        var byBand = Enumerable.Range(3, (until / 10) - 2)
            .Select(band => written["tommo"].Participants.Concat(written["ncbn"].Participants).Where(p => p.Age >= band * 10 && p.Age < (band + 1) * 10))
            .Select(people => people.Average(p => p.Has(category) ? 1.0 : 0)).ToList();

        Assert.Equal(byBand.Order(), byBand);
        Assert.True(byBand[^1] > byBand[0]);
    }

    [Fact]
    public void No_man_was_pregnant_and_no_girl()
    {
        Assert.DoesNotContain(_everybody, p => p.Has("O") && (!p.Female || p.Age < 15));
        Assert.Contains(_everybody, p => p.Has("O80"));
    }

    [Theory]
    [InlineData("C61", false)]
    [InlineData("N40", false)]
    [InlineData("C53", true)]
    [InlineData("C56", true)]
    [InlineData("D25", true)]
    [InlineData("N80", true)]
    [InlineData("N95", true)]
    public void A_disease_of_one_sex_stays_with_it(string category, bool ofWomen)
    {
        var cases = _everybody.Where(p => p.Has(category)).ToList();

        Assert.NotEmpty(cases);
        Assert.All(cases, p => Assert.Equal(ofWomen, p.Female));
    }

    [Theory]
    [InlineData("E11", "I10")]
    [InlineData("E11", "E78")]
    [InlineData("I10", "E78")]
    [InlineData("E11", "I63")]
    [InlineData("I20", "I63")]
    public void The_metabolic_cluster_comes_together_more_often_than_by_chance(string one, string other)
    {
        // Within ten years of age, so that age alone does not explain it; outside the disease biobank, which selects.
        foreach (var people in new[] { written["tommo"], written["jmicc"] }.SelectMany(b => b.Participants)
            .Where(p => p.Age is >= 60 and < 80).GroupBy(p => p.Age / 10).Select(g => g.ToList()))
        {
            var (a, b) = (people.Average(p => p.Has(one) ? 1.0 : 0), people.Average(p => p.Has(other) ? 1.0 : 0));
            Assert.True(people.Average(p => p.Has(one) && p.Has(other) ? 1.0 : 0) > 1.1 * a * b);
        }
    }

    [Fact]
    public void Every_patient_of_the_cancer_center_has_a_cancer() =>
        Assert.All(written["ncbn"].Participants.Where(p => p.Dataset == "ncbn-cancer"), p => Assert.Contains(p.Conditions, c => c[0] == 'C'));

    [Theory]
    [InlineData("LOINC:4548-4", "E11", 1.0)]
    [InlineData("LOINC:39156-5", "E66", 4.0)]
    [InlineData("LOINC:8480-6", "I10", 6.0)]
    [InlineData("LOINC:13457-7", "E78", 10.0)]
    [InlineData("LOINC:62238-1", "N18", -25.0)]
    public void Measurements_go_with_conditions(string measurement, string category, double difference)
    {
        var measured = _everybody.Where(p => p.Age >= 40 && p.Measurements.ContainsKey(measurement)).ToLookup(p => p.Has(category));
        var found = measured[true].Average(p => p.Measurements[measurement]) - measured[false].Average(p => p.Measurements[measurement]);

        Assert.True(difference > 0 ? found > difference : found < difference, $"{found:F1}");
    }

    [Fact]
    public void A_participant_has_about_five_measurements() =>
        Assert.InRange(_everybody.Average(p => p.Measurements.Count), 4.2, 5.5);

    [Fact]
    public void Cognition_is_measured_in_the_dementia_cohort_only() =>
        Assert.Equal(["dementia"], written.Biobanks.Where(b => b.Participants.Any(p => p.Measurements.ContainsKey("LOINC:72106-8"))).Select(b => b.Biobank.Id));

    private static double Share(WrittenBiobank biobank, string category) => biobank.Participants.Average(p => p.Has(category) ? 1.0 : 0);
}
