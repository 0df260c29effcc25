using System.Reflection;
using System.Text;
using System.Text.Json;
using Kakehashi.Cohorts.Readers;

namespace Kakehashi.Cohorts.Tests;

public sealed class FaultTests
{
    public static TheoryData<string, string, string> Documents() => new()
    {
        { FaultCodes.ByteOrderMark, "", "\uFEFF{\"sex\":\"female\"}" },
        { FaultCodes.MalformedJson, "", "" },
        { FaultCodes.MalformedJson, "/sex", """{"sex":female}""" },
        { FaultCodes.MalformedJson, "/all/1/age", """{"all":[{"sex":"female"},{"age":}]}""" },
        { FaultCodes.MalformedJson, "/all/0", """{"all":[{"sex":"female"},]}""" },
        { FaultCodes.MalformedJson, "/sex", """{"sex":"fe""" },
        { FaultCodes.MalformedJson, "/sex", "{\"sex\":\"fe\nmale\"}" },
        { FaultCodes.NotFinite, "/age/from", """{"age":{"from":NaN}}""" },
        { FaultCodes.NotFinite, "/age/from", """{"age":{"from":-Infinity}}""" },
        { FaultCodes.NotFinite, "/measurement/to", """{"measurement":{"code":"LOINC:4548-4","to":1e999,"unit":"%"}}""" },
        { FaultCodes.Comment, "/sex", """{"sex":/* f */"female"}""" },
        { FaultCodes.Comment, "", """{"sex":"female"} // f""" },
        { FaultCodes.TrailingData, "", """{"sex":"female"} {}""" },
        { FaultCodes.TrailingData, "", """{"sex":"female"}}""" },
        { FaultCodes.LoneSurrogate, "/attribute/value", """{"attribute":{"name":"x","value":"a\ud83d"}}""" },
        { FaultCodes.LoneSurrogate, "/all/1/sex", """{"all":[{"sex":"male"},{"sex":"\udE00\ud83d"}]}""" },
        { FaultCodes.LoneSurrogate, "/all/0", """{"all":[{"\ud83dx":1}]}""" },
        { FaultCodes.TooLarge, "", new string(' ', Bounds.Bytes) + "{}" },
        { FaultCodes.UnknownMember, "/smoker", """{"smoker":true}""" },
        { FaultCodes.UnknownMember, "/not/a~1b~0c", """{"not":{"sex":"female","a/b~c":1}}""" },
        { FaultCodes.UnknownMember, "/all/1/age/form", """{"all":[{"sex":"female"},{"age":{"form":50,"to":70}}]}""" },
        { FaultCodes.UnknownMember, "/", """{"sex":"male","":1}""" },
        { FaultCodes.DuplicateMember, "/sex", """{"sex":"female","sex":"female"}""" },
        { FaultCodes.DuplicateMember, "/age/from", """{"age":{"from":5,"from":6}}""" },
        { FaultCodes.MissingMember, "/measurement", """{"measurement":{}}""" },
        { FaultCodes.MissingMember, "/attribute", """{"attribute":{"name":"population"}}""" },
        { FaultCodes.MissingMember, "/variant", """{"variant":{"genotype":"het"}}""" },
        { FaultCodes.MissingMember, "/variant", """{"variant":{"position":"12:111803962","ref":"G"}}""" },
        { FaultCodes.ConflictingMembers, "/variant", """{"variant":{"rs":"rs671","position":"12:111803962"}}""" },
        { FaultCodes.EmptyCriterion, "", "{}" },
        { FaultCodes.EmptyCriterion, "/not", """{"not":{}}""" },
        { FaultCodes.SeveralKinds, "", """{"sex":"female","age":{"from":50}}""" },
        { FaultCodes.EmptyList, "/any", """{"any":[]}""" },
        { FaultCodes.WrongType, "", "[]" },
        { FaultCodes.WrongType, "", "5" },
        { FaultCodes.WrongType, "", "null" },
        { FaultCodes.WrongType, "/all", """{"all":{"sex":"female"}}""" },
        { FaultCodes.WrongType, "/all/0", """{"all":["female"]}""" },
        { FaultCodes.WrongType, "/not", """{"not":[{"sex":"female"}]}""" },
        { FaultCodes.WrongType, "/sex", """{"sex":1}""" },
        { FaultCodes.WrongType, "/age", """{"age":50}""" },
        { FaultCodes.WrongType, "/age/from", """{"age":{"from":"50"}}""" },
        { FaultCodes.WrongType, "/age/from", """{"age":{"from":null}}""" },
        { FaultCodes.WrongType, "/enrolled/from", """{"enrolled":{"from":2020}}""" },
        { FaultCodes.EmptyText, "/condition", """{"condition":""}""" },
        { FaultCodes.EmptyText, "/attribute/value", """{"attribute":{"name":"population","value":""}}""" },
        { FaultCodes.TooLong, "/condition", $$"""{"condition":"{{new string('x', 65)}}"}""" },
        { FaultCodes.TooLong, "/attribute/value", $$$"""{"attribute":{"name":"a","value":"{{{new string('x', 201)}}}"}}""" },
        { FaultCodes.TooLong, "", $$"""{"{{new string('x', 65)}}":1}""" },
        { FaultCodes.ControlCharacter, "/attribute/value", """{"attribute":{"name":"a","value":"x\u0000"}}""" },
        { FaultCodes.ControlCharacter, "/not", """{"not":{"\u001b[2J":1}}""" },
        { FaultCodes.UnknownValue, "/sex", """{"sex":"Female"}""" },
        { FaultCodes.UnknownValue, "/variant/genotype", """{"variant":{"rs":"rs671","genotype":"homo"}}""" },
        { FaultCodes.MalformedName, "/biosample", """{"biosample":"DNA"}""" },
        { FaultCodes.MalformedName, "/data", """{"data":"w"}""" },
        { FaultCodes.MalformedName, "/attribute/name", """{"attribute":{"name":"a=b","value":"c"}}""" },
        { FaultCodes.MalformedCode, "/condition", """{"condition":"E11"}""" },
        { FaultCodes.MalformedCode, "/condition", """{"condition":"ICD10:e11"}""" },
        { FaultCodes.MalformedCode, "/condition", """{"condition":"ICD10:E14-E10"}""" },
        { FaultCodes.MalformedCode, "/condition", """{"condition":"ICD10:E11\n"}""".Replace("\\n", " ", StringComparison.Ordinal) },
        { FaultCodes.MalformedCode, "/drug", """{"drug":"ATC:A10BA2"}""" },
        { FaultCodes.UnknownCodeSystem, "/condition", """{"condition":"icd10:E11"}""" },
        { FaultCodes.UnknownCodeSystem, "/condition", """{"condition":"RxNorm:6809"}""" },
        { FaultCodes.UnknownCodeSystem, "/measurement/code", """{"measurement":{"code":"ICD10:E11"}}""" },
        { FaultCodes.WrongCheckDigit, "/condition", """{"condition":"SNOMED:44054007"}""" },
        { FaultCodes.WrongCheckDigit, "/measurement/code", """{"measurement":{"code":"LOINC:4548-5"}}""" },
        { FaultCodes.MalformedUnit, "/measurement/unit", """{"measurement":{"code":"LOINC:4548-4","from":5,"unit":"m g"}}""" },
        { FaultCodes.MalformedUnit, "/measurement/unit", """{"measurement":{"code":"LOINC:4548-4","unit":"mg/"}}""" },
        { FaultCodes.MissingUnit, "/measurement", """{"measurement":{"code":"LOINC:4548-4","from":6.5}}""" },
        { FaultCodes.MalformedDate, "/enrolled/from", """{"enrolled":{"from":"2020-02-30"}}""" },
        { FaultCodes.MalformedDate, "/enrolled/to", """{"enrolled":{"to":"2020-2-3"}}""" },
        { FaultCodes.MalformedVariant, "/variant/rs", """{"variant":{"rs":"671"}}""" },
        { FaultCodes.MalformedVariant, "/variant/position", """{"variant":{"position":"chr12:5","ref":"A","alt":"G"}}""" },
        { FaultCodes.MalformedVariant, "/variant/ref", """{"variant":{"position":"12:5","ref":"N","alt":"G"}}""" },
        { FaultCodes.MalformedVariant, "/variant/alt", """{"variant":{"position":"12:5","ref":"G","alt":"G"}}""" },
        { FaultCodes.OutOfRange, "/variant/position", """{"variant":{"position":"21:46709984","ref":"G","alt":"A"}}""" },
        { FaultCodes.OutOfRange, "/age/to", """{"age":{"to":131}}""" },
        { FaultCodes.OutOfRange, "/age/from", """{"age":{"from":-1}}""" },
        { FaultCodes.NotWhole, "/age/from", """{"age":{"from":50.5}}""" },
        { FaultCodes.MissingRange, "/age", """{"age":{}}""" },
        { FaultCodes.MissingRange, "/enrolled", """{"enrolled":{}}""" },
        { FaultCodes.EmptyRange, "/age", """{"age":{"from":50,"to":50.0}}""" },
        { FaultCodes.EmptyRange, "/age", """{"age":{"to":0}}""" },
        { FaultCodes.ReversedRange, "/age", """{"age":{"from":70,"to":50}}""" },
        { FaultCodes.ReversedRange, "/measurement", """{"measurement":{"code":"LOINC:4548-4","from":7,"to":6,"unit":"%"}}""" },
        { FaultCodes.EmptyRange, "/enrolled", """{"enrolled":{"from":"2020-01-01","to":"2020-01-01"}}""" },
        { FaultCodes.TooManyLeaves, "/any/256/sex", ManyOf("any", 257, """{"sex":"female"}""") },
        { FaultCodes.TooDeep, string.Concat(Enumerable.Repeat("/not", Bounds.Depth)), Nested("""{"not":""", Bounds.Depth, "}") },
        { FaultCodes.TooDeep, string.Concat(Enumerable.Repeat("/all/0", Bounds.Depth)), Nested("""{"all":[""", Bounds.Depth, "]}") },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_faulty_definition_is_refused_with_code_and_place(string code, string place, string document)
    {
        var parsed = Cohort.Parse(Encoding.UTF8.GetBytes(document));
        Assert.False(parsed.IsValid);
        Assert.Contains(parsed.Faults, fault => fault.Code == code && fault.Pointer == place);
    }

    [Fact]
    public void Every_fault_code_has_an_example()
    {
        var shown = Documents().Select(row => row.Data.Item1).Append(FaultCodes.InvalidUtf8);
        var declared = typeof(FaultCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!);
        Assert.Empty(declared.Except(shown));
    }

    [Fact]
    public void Invalid_UTF8_is_refused() =>
        Assert.Equal(FaultCodes.InvalidUtf8, Assert.Single(Cohort.Parse([(byte)'"', 0xC3, 0x28, (byte)'"']).Faults).Code);

    [Fact]
    public void Independent_faults_are_reported_together_in_document_order()
    {
        var parsed = Cohort.Parse("""
            {"all":[{"sex":"woman"},{"age":{"from":70,"to":50}},{"condition":"ICD10:11"},{"not":{"biosampel":"dna"}},
                    {"measurement":{"code":"LOINC:4548-5","from":"6","unit":"m g"}}]}
            """u8);
        Assert.Equal(
            ["/all/0/sex", "/all/1/age", "/all/2/condition", "/all/3/not/biosampel", "/all/4/measurement/code", "/all/4/measurement/from", "/all/4/measurement/unit"],
            parsed.Faults.Select(fault => fault.Pointer));
    }

    [Fact]
    public void At_most_twenty_faults_are_reported() =>
        Assert.Equal(20, Cohort.Parse(Encoding.UTF8.GetBytes(ManyOf("all", 5000, "{}"))).Faults.Count);

    [Theory]
    [InlineData("""{"biosampel":"dna"}""", "biosample")]
    [InlineData("""{"condition":"icd10:E11"}""", "ICD10")]
    [InlineData("""{"condition":"ICD-10:E11"}""", "ICD10")]
    [InlineData("""{"sex":"Female"}""", "female")]
    [InlineData("""{"age":{"form":50}}""", "from")]
    public void A_near_miss_is_named(string document, string meant) =>
        Assert.Contains($"'{meant}'", Cohort.Parse(Encoding.UTF8.GetBytes(document)).Faults[0].Message, StringComparison.Ordinal);

    [Fact]
    public void A_fault_says_what_is_allowed() =>
        Assert.Equal(["female", "male", "other", "unknown"], Assert.Single(Cohort.Parse("""{"sex":"f"}"""u8).Faults).Allowed);

    [Fact]
    public void Hostile_depth_is_refused_without_descending()
    {
        var deep = Encoding.UTF8.GetBytes(new string('[', Bounds.Bytes));
        Assert.Equal(FaultCodes.TooDeep, Assert.Single(Cohort.Parse(deep).Faults).Code);
    }

    [Fact]
    public void A_fault_is_never_much_longer_than_a_line()
    {
        var name = new string('n', 60_000);
        var parsed = Cohort.Parse(Encoding.UTF8.GetBytes($$"""{"{{name}}":["\ud800"]}"""));
        Assert.Equal("", Assert.Single(parsed.Faults).Pointer);
    }

    [Fact]
    public void A_definition_whose_canonical_form_is_too_large_is_refused()
    {
        const string Written = """{"measurement":{"code":"LOINC:4548-4","from":1e20,"unit":"%"}},""";
        var measurements = string.Concat(Enumerable.Range(0, 100).Select(i => Written.Replace("1e20", $"{i + 10}e18", StringComparison.Ordinal)));
        var attributes = string.Join(',', Enumerable.Range(0, 92).Select(i =>
            """{"attribute":{"name":"a","value":"TEXT"}}""".Replace("TEXT", $"{i + 100}{new string('京', 197)}", StringComparison.Ordinal)));
        var document = Encoding.UTF8.GetBytes($$"""{"any":[{{measurements}}{{attributes}}]}""");

        Assert.InRange(document.Length, Bounds.Bytes - 1500, Bounds.Bytes);
        Assert.Equal(FaultCodes.TooLarge, Assert.Single(Cohort.Parse(document).Faults).Code);
    }

    [Fact]
    public void A_definition_that_is_not_there_is_a_fault() =>
        Assert.Equal(FaultCodes.MalformedJson, Assert.Single(Cohort.Parse(default(JsonElement)).Faults).Code);

    private static string ManyOf(string list, int count, string member) =>
        $$"""{"{{list}}":[{{string.Join(',', Enumerable.Repeat(member, count))}}]}""";

    private static string Nested(string open, int times, string close) =>
        string.Concat(Enumerable.Repeat(open, times)) + """{"sex":"male"}""" + string.Concat(Enumerable.Repeat(close, times));
}
