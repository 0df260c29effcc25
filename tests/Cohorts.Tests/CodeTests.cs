using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Kakehashi.Cohorts.Codes;
using Kakehashi.TestKit;

namespace Kakehashi.Cohorts.Tests;

public sealed class CodeTests
{
    private static readonly string[] AllSystems = [.. CodeRules.Conditions.Union(CodeRules.Drugs).Union(CodeRules.Measurements)];

    [Theory]
    [InlineData("ICD10:E11")]
    [InlineData("ICD10:E11.9")]
    [InlineData("ICD10:M00.09")]
    [InlineData("ICD10:U07.1")]
    [InlineData("ICD10:E10-E14")]
    [InlineData("ICD10:C00-D48")]
    [InlineData("ICD10:F99-F99")]
    [InlineData("SNOMED:44054006")]
    [InlineData("SNOMED:195967001")]
    [InlineData("SNOMED:900000000000207008")]
    [InlineData("LOINC:4548-4")]
    [InlineData("LOINC:718-7")]
    [InlineData("LOINC:94500-6")]
    [InlineData("HP:0000819")]
    [InlineData("MONDO:0005148")]
    [InlineData("OMOP:201826")]
    [InlineData("OMOP:2000000001")]
    [InlineData("RxNorm:6809")]
    [InlineData("NCIT:C26747")]
    [InlineData("DOID:9352")]
    [InlineData("DOID:0050001")]
    [InlineData("ORPHA:552")]
    [InlineData("ATC:A")]
    [InlineData("ATC:A10")]
    [InlineData("ATC:A10B")]
    [InlineData("ATC:A10BA")]
    [InlineData("ATC:A10BA02")]
    public void A_code_of_its_system_is_accepted(string curie) => Assert.Null(CodeRules.WhyNot(curie, AllSystems));

    [Theory]
    [InlineData("E11", FaultCodes.MalformedCode)]
    [InlineData("", FaultCodes.MalformedCode)]
    [InlineData(":E11", FaultCodes.UnknownCodeSystem)]
    [InlineData("ICD10:", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E11:9", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E119", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E11.", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E11.-", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E14-E10", FaultCodes.MalformedCode)]
    [InlineData("ICD10:D48-C00", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E10.1-E10.9", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E11\n", FaultCodes.MalformedCode)]
    [InlineData("ICD10:E１１", FaultCodes.MalformedCode)]
    [InlineData("SNOMED:44054007", FaultCodes.WrongCheckDigit)]
    [InlineData("SNOMED:40454006", FaultCodes.WrongCheckDigit)]
    [InlineData("SNOMED:680946014", FaultCodes.MalformedCode)]
    [InlineData("LOINC:4548-5", FaultCodes.WrongCheckDigit)]
    [InlineData("LOINC:5448-4", FaultCodes.WrongCheckDigit)]
    [InlineData("LOINC:LP1234-5", FaultCodes.MalformedCode)]
    [InlineData("HP:819", FaultCodes.MalformedCode)]
    [InlineData("OMOP:0", FaultCodes.MalformedCode)]
    [InlineData("RxNorm:06809", FaultCodes.MalformedCode)]
    [InlineData("ATC:A10BA0", FaultCodes.MalformedCode)]
    [InlineData("RXNORM:6809", FaultCodes.UnknownCodeSystem)]
    public void A_code_that_cannot_be_is_refused_with_the_rule_it_breaks(string curie, string code) =>
        Assert.Equal(code, CodeRules.WhyNot(curie, AllSystems));

    [Fact]
    public void Every_code_of_a_real_OMOP_database_is_accepted()
    {
        using var file = File.OpenRead(Shared.PathOf("data/omop-gibleed/concept.csv.gz"));
        using var reader = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var accepted = 0;
        while (reader.ReadLine() is { } line)
        {
            // Counted from the end, because names before them hold commas: the vocabulary is seventh, the code fourth.
            var fields = line.Split(',');
            if (AllSystems.Contains(fields[^7]))
            {
                Assert.Null(CodeRules.WhyNot($"{fields[^7]}:{fields[^4]}", AllSystems));
                accepted++;
            }
        }

        Assert.Equal(416, accepted);
    }

    [Theory]
    [InlineData("%")]
    [InlineData("1")]
    [InlineData("mg/dL")]
    [InlineData("10*3/uL")]
    [InlineData("10^9/L")]
    [InlineData("kg/m2")]
    [InlineData("mm[Hg]")]
    [InlineData("m[H2O]")]
    [InlineData("[IU]/L")]
    [InlineData("[in_i'H2O]")]
    [InlineData("mL/min/{1.73_m2}")]
    [InlineData("/uL")]
    [InlineData("{cells}/uL")]
    [InlineData("g.m-2.s+1")]
    [InlineData("(mg.h)/L")]
    [InlineData("umol/g{creat}")]
    public void A_UCUM_unit_is_accepted(string unit) => Assert.True(IsUnit(unit));

    [Theory]
    [InlineData("mg/")]
    [InlineData("mg//dL")]
    [InlineData("m g")]
    [InlineData("(mg")]
    [InlineData("mg)")]
    [InlineData("[IU")]
    [InlineData("{cells")]
    [InlineData("μg/L")]
    [InlineData("×10³")]
    [InlineData("2mg")]
    public void Another_text_is_no_unit(string unit) => Assert.False(IsUnit(unit));

    private static bool IsUnit(string unit) => Cohort.Parse(Encoding.UTF8.GetBytes(
        $$$"""{"measurement":{"code":"LOINC:4548-4","from":1,"unit":{{{JsonSerializer.Serialize(unit)}}}}}""")).IsValid;
}
