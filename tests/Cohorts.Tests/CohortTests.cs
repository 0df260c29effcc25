using System.Text;
using System.Text.Json;

namespace Kakehashi.Cohorts.Tests;

public sealed class CohortTests
{
    private const string Sample = """
        {"all": [ {"condition": "ICD10:E11"}, {"age": {"from": 50, "to": 70}}, {"biosample": "dna"}, {"data": "wgs"},
                  {"any": [ {"sex": "female"}, {"measurement": {"code": "LOINC:4548-4", "from": 6.5, "unit": "%"}} ]},
                  {"not": {"condition": "ICD10:E10"}} ]}
        """;

    [Fact]
    public void A_definition_has_a_canonical_form_and_an_id()
    {
        var cohort = Parse(Sample);
        Assert.Equal(
            """{"all":[{"age":{"from":50,"to":70}},{"any":[{"measurement":{"code":"LOINC:4548-4","from":6.5,"unit":"%"}},{"sex":"female"}]},"""
            + """{"biosample":"dna"},{"condition":"ICD10:E11"},{"data":"wgs"},{"not":{"condition":"ICD10:E10"}}]}""",
            Encoding.UTF8.GetString(cohort.Canonical.Span));
        Assert.Equal("e6bb83dc9b5f51fb82f120a7ea3548fe01cbdee1dfc96911a799a27a6575df8c", cohort.Id);
    }

    [Fact]
    public void The_variables_are_named_without_literals() => Assert.Equal(
        ["age", "biosample dna", "condition ICD10:E10", "condition ICD10:E11", "data wgs", "measurement LOINC:4548-4", "sex"],
        Parse(Sample).Leaves);

    [Fact]
    public void Leaves_point_into_the_definition_as_it_was_written()
    {
        var cohort = Parse("""{"not":{"not":{"all":[{"sex":"male"},{"all":[{"age":{"to":50}},{"sex":"male"}]}]}}}""");
        Assert.Equal(
            [(new AgeIn(0, 50), "/not/not/all/1/all/0"), (new SexIs("male"), "/not/not/all/0")],
            cohort.Root.LeavesWithin().Select(leaf => (leaf, leaf.Pointer)));
    }

    [Fact]
    public void A_part_of_another_document_is_read_with_its_own_pointers()
    {
        var request = JsonElement.Parse("""{"cohort": {"sex":"female"}, "breakdown":[]}""");
        var cohort = Cohort.Parse(request.GetProperty("cohort")).Cohort!;
        Assert.Equal("", cohort.Root.Pointer);
        Assert.Equal(Parse("""{"sex":"female"}""").Id, cohort.Id);
    }

    [Theory]
    [InlineData("""{"age":{"from":50}}""", """{"age":{"from":50.0}}""")]
    [InlineData("""{"age":{"from":50}}""", """{"age":{"from":5e1}}""")]
    [InlineData("""{"age":{"from":0,"to":50}}""", """{"age":{"to":50}}""")]
    [InlineData("""{"measurement":{"code":"LOINC:4548-4","from":-0.0,"unit":"%"}}""", """{"measurement":{"unit":"%","code":"LOINC:4548-4","from":0}}""")]
    [InlineData("""{"measurement":{"code":"LOINC:4548-4","unit":"%"}}""", """{"measurement":{"code":"LOINC:4548-4"}}""")]
    [InlineData("""{"variant":{"rs":"rs671"}}""", """{"variant":{"genotype":"any","rs":"rs671"}}""")]
    [InlineData("""{"sex":"male"}""", """{"sex":"\u006dale"}""")]
    [InlineData("""{"sex":"male"}""", """{"any":[{"all":[{"sex":"male"},{"any":[{"sex":"male"}]}]}]}""")]
    [InlineData("""{"not":{"sex":"male"}}""", """{"not":{"not":{"not":{"sex":"male"}}}}""")]
    public void The_same_meaning_has_the_same_id(string one, string other)
    {
        Assert.Equal(Parse(one).Id, Parse(other).Id);
        Assert.Equal(Parse(one).Root, Parse(other).Root);
    }

    [Theory]
    [InlineData("""{"age":{"from":50}}""", """{"age":{"to":50}}""")]
    [InlineData("""{"age":{"from":0}}""", """{"age":{"to":130}}""")]
    [InlineData("""{"variant":{"rs":"rs671","genotype":"het"}}""", """{"variant":{"rs":"rs671"}}""")]
    [InlineData("""{"condition":"ICD10:E11"}""", """{"condition":"ICD10:E11.0"}""")]
    [InlineData("""{"attribute":{"name":"a","value":"b"}}""", """{"attribute":{"name":"a","value":"B"}}""")]
    public void Another_meaning_has_another_id(string one, string other) => Assert.NotEqual(Parse(one).Id, Parse(other).Id);

    [Fact]
    public void A_definition_at_every_bound_is_accepted()
    {
        var leaves = string.Join(',', Enumerable.Range(0, 256).Select(i => $$"""{"drug":"RxNorm:{{i + 1}}"}"""));
        Assert.Equal(256, Parse($$"""{"any":[{{leaves}}]}""").Leaves.Count);
        var deep = string.Concat(Enumerable.Repeat("""{"all":[{"sex":"male"},{"any":[{"data":"wgs"},""", 7));
        var ends = string.Concat(Enumerable.Repeat("]}]}", 7));
        Assert.Equal("sex", Parse(deep + """{"not":{"sex":"male"}}""" + ends).Leaves[^1]);
    }

    private static Cohort Parse(string json)
    {
        var parsed = Cohort.Parse(Encoding.UTF8.GetBytes(json));
        Assert.Empty(parsed.Faults);
        return parsed.Cohort!;
    }
}
