using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Seeds.Illnesses;
using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Tests;

public sealed class DrawingTests
{
    [Fact]
    public void A_shuffle_is_a_permutation_that_can_be_followed_both_ways() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 5000).ToArbitrary(), size =>
        {
            var shuffle = new Shuffle(size);
            var positions = Enumerable.Range(0, size).Select(shuffle.PositionOf).ToList();
            return positions.Distinct().Count() == size
                && positions.All(p => p >= 0 && p < size)
                && Enumerable.Range(0, size).All(i => shuffle.ParticipantAt(positions[i]) == i);
        }));

    [Fact]
    public void A_thing_of_weight_zero_is_never_picked() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(0, 3).ListOf().Where(w => w.Sum() > 0).ToArbitrary(),
            Gen.Choose(0, int.MaxValue).Select(i => (uint)i * 2u).ToArbitrary(),
            (weights, roll) =>
            {
                var picks = new Weights(weights.Select(w => (double)w));
                return weights[picks.At(roll)] > 0 && weights[picks.At(0)] > 0 && weights[picks.At(uint.MaxValue)] > 0;
            }));

    [Fact]
    public void A_number_below_n_is_below_n() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(1, int.MaxValue).ToArbitrary(),
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            (n, counter) => Draws.Of(1, counter).Below(n, Topic.Cell) is var drawn && drawn >= 0 && drawn < n));

    [Fact]
    public void Draws_of_different_topics_and_people_are_spread_evenly()
    {
        var rolls = Enumerable.Range(0, 2000).SelectMany(person => Enumerable.Range(1, 50).Select(topic => Draws.Of(7, person).Below(10, (Topic)topic))).ToList();

        Assert.All(rolls.CountBy(r => r), tenth => Assert.InRange(tenth.Value, 9_600, 10_400));
    }

    [Fact]
    public void Every_biobank_can_enrol_everybody_its_profile_lets_in()
    {
        foreach (var profile in Profile.All)
        {
            var shares = new AgeLaw([profile.Tilt]).Shares;
            foreach (var (sex, age) in Enumerable.Range(0, shares.Length).Where(c => shares[c] > 0).Select(c => ((Sex)(c / AgeLaw.Ages), c % AgeLaw.Ages)))
            {
                // Both ends of the year in which people of that age are born.
                var (first, last) = (Person.DataDate.AddYears(-age - 1).AddDays(1), Person.DataDate.AddYears(-age));
                var open = profile.Datasets.Where(d => d.Share.At(sex, age) > 0).ToList();
                Assert.NotEmpty(open);
                Assert.All(open, d => Assert.True(
                    last.AddYears(d.Youngest) < d.To && first.AddYears(d.Oldest + 1) > d.From && last < d.To, $"{d.Id}, {age} years"));
            }
        }
    }

    [Fact]
    public void Every_patient_has_a_disease_to_be_enrolled_for()
    {
        foreach (var dataset in Profile.All.SelectMany(p => p.Datasets).Where(d => d.Targets.Count > 0))
        {
            var targets = new Targets(dataset);
            var cells = from sex in Enum.GetValues<Sex>() from age in Enumerable.Range(0, AgeLaw.Ages) where dataset.Share.At(sex, age) > 0 select (sex, age);
            Assert.All(cells, c => Assert.NotEqual(Targets.None, targets.At(c.sex, c.age, 0)));
        }
    }

    [Fact]
    public void The_disease_biobank_has_51_target_diseases() =>
        Assert.Equal(51, Profile.Of("bbj").Datasets.SelectMany(d => d.Targets).Select(t => t.Code).Distinct().Count());
}
