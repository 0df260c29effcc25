using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Node.Index;

namespace Kakehashi.Node.Tests.Index;

public sealed class CohortIndexTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(400);

    [Fact]
    public void Counts_whom_the_naive_reading_of_the_question_counts() => Check.One(Many, Prop.ForAll(
        (from people in People.Population from question in People.Question select (people, question)).ToArbitrary(),
        given =>
        {
            var index = People.IndexOf(given.people);
            using var evaluation = new CohortEvaluation(index);
            using var counted = CountedCohort.Of(Bitmap.All(index.Participants), evaluation.OperandsOf(given.question));
            return counted.Count == given.people.Count(person => person.Fulfils(given.question));
        }));

    [Fact]
    public void A_breakdown_by_sex_and_age_puts_everyone_with_both_in_one_cell() => Check.One(Many, Prop.ForAll(
        People.Population.ToArbitrary(),
        people =>
        {
            var index = People.IndexOf(people);
            using var everyone = CountedCohort.Of(Bitmap.All(index.Participants), []);
            if (people.Length == 0)
            {
                return everyone.Count == 0;
            }

            var (sexes, ages) = (Axis.Of("sex", index)!, Axis.Of("age", index)!);
            return sexes.Categories.All(sex => ages.Categories.All(age =>
                CountBoth(everyone, sex, age) == people.Count(p => SexCodes.Of(p.Sex) == sex.Key && InBand(p.Age, age))));
        }));

    [Fact]
    public void A_measurement_breakdown_counts_everyone_with_a_value_in_the_band() => Check.One(Many, Prop.ForAll(
        People.Population.ToArbitrary(),
        people =>
        {
            var axis = Axis.Of($"{People.Measured} step 0.5", People.IndexOf(people));
            using var everyone = CountedCohort.Of(Bitmap.All(people.Length), []);
            return axis is null
                ? people.All(p => p.Values.Length == 0)
                : axis.Categories.All(band => everyone.CountWhere(band.Operands) ==
                    people.Count(p => p.Values.Any(v => v >= band.Range!.Value.From && v < band.Range.Value.To)));
        }));

    [Fact]
    public async Task A_snapshot_brings_back_the_same_index_and_nothing_from_another_source()
    {
        var ct = TestContext.Current.CancellationToken;
        var people = People.Population.Sample(200, 1)[0];
        var index = People.IndexOf(people);
        var path = Path.Combine(Directory.CreateTempSubdirectory("kakehashi-").FullName, "index.snapshot");

        await IndexSnapshot.WriteAsync(path, "source A", index, ct);
        var restored = IndexSnapshot.TryRead(path, "source A")!;

        Assert.Null(IndexSnapshot.TryRead(path, "source B"));
        Assert.Equal(index.References, restored.References);
        Assert.Equal(index.MemoryBytes, restored.MemoryBytes);
        Assert.Equal(index.Codes.Values.ToHashSet(), restored.Codes.Values.ToHashSet());
        foreach (var question in People.Question.Sample(30, 100))
        {
            using var before = new Evaluated(index);
            using var after = new Evaluated(restored);
            Assert.Equal(before.Count(question), after.Count(question));
        }
    }

    [Fact]
    public async Task A_damaged_snapshot_is_not_used()
    {
        var ct = TestContext.Current.CancellationToken;
        var index = People.IndexOf(People.Population.Sample(20, 1)[0]);
        var path = Path.Combine(Directory.CreateTempSubdirectory("kakehashi-").FullName, "index.snapshot");
        await IndexSnapshot.WriteAsync(path, "source", index, ct);
        var bytes = await File.ReadAllBytesAsync(path, ct);

        for (var i = 0; i < bytes.Length; i += Math.Max(1, bytes.Length / 50))
        {
            bytes[i] ^= 1;
            await File.WriteAllBytesAsync(path, bytes, ct);
            Assert.Null(IndexSnapshot.TryRead(path, "source"));
            bytes[i] ^= 1;
        }

        await File.WriteAllBytesAsync(path, bytes[..^1], ct);
        Assert.Null(IndexSnapshot.TryRead(path, "source"));
    }

    [Fact]
    public void References_are_opaque_stable_and_differ_from_node_to_node()
    {
        var (one, other) = (new ReferenceKey(new byte[32]), new ReferenceKey([.. Enumerable.Repeat((byte)1, 32)]));

        Assert.Equal(one.ReferenceOf("B0000001"), one.ReferenceOf("B0000001"));
        Assert.NotEqual(one.ReferenceOf("B0000001"), other.ReferenceOf("B0000001"));
        Assert.NotEqual(one.ReferenceOf("B0000001"), one.ReferenceOf("B0000002"));
        Assert.DoesNotContain("B0000001", $"{one.ReferenceOf("B0000001")}{one.ReferenceOf("B0000001").ToWire()}", StringComparison.Ordinal);
    }

    private static int CountBoth(CountedCohort cohort, Category first, Category second)
    {
        using var part = cohort.Where(first.Operands);
        return part.CountWhere(second.Operands);
    }

    private static bool InBand(int? age, Category band) =>
        band.Range is { } years ? age >= years.From && age < years.To : age is null;

    private sealed class Evaluated(CohortIndex index) : IDisposable
    {
        private readonly CohortEvaluation _evaluation = new(index);

        public int Count(Cohorts.Criterion question) =>
            Counted(_evaluation.OperandsOf(question));

        public void Dispose() => _evaluation.Dispose();

        private int Counted(List<Operand> operands)
        {
            using var cohort = CountedCohort.Of(Bitmap.All(index.Participants), operands);
            return cohort.Count;
        }
    }
}
