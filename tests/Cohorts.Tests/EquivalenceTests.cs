using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Kakehashi.Cohorts.Tests;

/// <summary>Laws of the canonical form, over random definitions.</summary>
public sealed class EquivalenceTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2000);

    [Fact]
    public void The_canonical_form_reads_back_as_the_same_cohort() =>
        Check.One(Thorough, Prop.ForAll(Definitions.Any, definition =>
        {
            var cohort = Parse(definition);
            var again = Cohort.Parse(cohort.Canonical.Span).Cohort!;
            return again.Root == cohort.Root && again.Id == cohort.Id
                && again.Canonical.Span.SequenceEqual(cohort.Canonical.Span) && again.Leaves.SequenceEqual(cohort.Leaves);
        }));

    [Fact]
    public void Writing_a_definition_differently_keeps_its_id() =>
        Check.One(Thorough, Prop.ForAll(Definitions.Any, Definitions.Seeds, (definition, seed) =>
        {
            var rewritten = Rewriting.Of(definition, new(seed));
            return (Parse(rewritten).Id == Parse(definition).Id).Label(rewritten);
        }));

    [Fact]
    public void Simplification_keeps_the_meaning() =>
        Check.One(Thorough, Prop.ForAll(Definitions.Any, Definitions.Seeds, (definition, seed) =>
        {
            var choices = new Choices(seed);
            var written = JsonNode.Parse(Rewriting.Of(definition, choices))!;
            var root = Parse(written.ToJsonString()).Root;
            return Participant.Population(choices).All(participant =>
                CriterionMeaning.Holds(root, participant) == WrittenMeaning.Holds(written, participant));
        }));

    [Fact]
    public void Definitions_of_different_meaning_have_different_ids() =>
        Check.One(Thorough, Prop.ForAll(Definitions.Any, Definitions.Any, Definitions.Seeds, (one, other, seed) =>
            Parse(one).Id != Parse(other).Id || Participant.Population(new(seed)).All(participant =>
                WrittenMeaning.Holds(JsonNode.Parse(one)!, participant) == WrittenMeaning.Holds(JsonNode.Parse(other)!, participant))));

    [Fact]
    public void Every_leaf_points_to_where_it_was_written() =>
        Check.One(Thorough, Prop.ForAll(Definitions.Any, definition =>
            Parse(definition).Root.LeavesWithin().All(leaf =>
                Parse(JsonPointers.Resolve(JsonNode.Parse(definition), leaf.Pointer)!.ToJsonString()).Root == leaf)));

    private static Cohort Parse(string definition) =>
        Cohort.Parse(Encoding.UTF8.GetBytes(definition)) is { Cohort: { } cohort } ? cohort : throw new InvalidOperationException(definition);
}
