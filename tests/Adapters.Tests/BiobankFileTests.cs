namespace Kakehashi.Adapters.Tests;

public sealed class BiobankFileTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_biobank_is_read_from_its_file()
    {
        var biobank = Load(
            """
            id: bbj
            name: BioBank Japan
            nameJa: バイオバンク・ジャパン
            dataDate: 2026-04-01
            model: csv
            disclosure: {preset: standard, threshold: 20}
            datasets:
              - {id: first, terms: [DUO:0000006, DUO:0000007 ICD10:F00]}
              - {id: second, terms: [DUO:0000042]}
            csv:
              files:
                - {path: people.csv, id: id, participant: {dataset: first}}
            """);

        Assert.Equal(("bbj", "バイオバンク・ジャパン", new DateOnly(2026, 4, 1), "csv"), (biobank.Id, biobank.NameJa, biobank.DataDate, biobank.Model));
        Assert.Equal(new DisclosureWish("standard", 20, null), biobank.Disclosure);
        Assert.Equal(["first", "second"], biobank.Datasets.Select(d => d.Id));
        Assert.Equal(["DUO:0000006", "DUO:0000007 ICD10:F00"], biobank.Datasets[0].Terms);
    }

    [Theory]
    [InlineData("https://bbj.example", true)]
    [InlineData("https://bbj.example/data", true)]
    [InlineData("https://bbj.example/", false)]
    [InlineData("https://bbj.example?x=1", false)]
    [InlineData("urn:kakehashi:bbj", false)]
    [InlineData("bbj", false)]
    public void A_biobank_may_have_a_URL_of_its_own_for_visas(string url, bool accepted)
    {
        var text = $"""
            id: bbj
            url: {url}
            name: BioBank Japan
            nameJa: バイオバンク・ジャパン
            dataDate: 2026-04-01
            model: csv
            disclosure: standard
            datasets:
              - id: first
                terms: [DUO:0000042]
            csv:
              files:
                - path: people.csv
                  id: id
                  participant:
                    dataset: first
            """;

        Assert.Equal(accepted ? url : "refused", accepted ? Load(text).Url : Refusal(text).Message.Contains("url must be", StringComparison.Ordinal) ? "refused" : null);
    }

    [Fact]
    public void All_errors_are_listed_at_once_each_with_its_line()
    {
        var refused = Refusal(
            """
            id: BBJ!
            name: BioBank
            dataDate: yesterday
            model: csv
            disclosure: standard
            colour: red
            datasets:
              - {id: first, terms: [GRU]}
            csv:
              delimiter: "::"
              codes:
                - {kind: measurement, code: "LOINC:4548-4"}
                - {kind: colour, code: red}
              files:
                - path: people.csv
                  id: id
                  participant:
                    sex: {column: sex, values: {F: woman}}
                    permissions: [everything]
                  conditions:
                    - {colum: code, system: ICD11}
                  measurements:
                    - {column: bmi}
            """);

        Assert.Equal("adapter.configuration", refused.Code);
        Assert.Equal(
            """
            biobank.yaml:1: the biobank: id must be lower-case letters, digits and hyphens, 2 to 31 of them, starting with a letter
            biobank.yaml:1: the biobank: nameJa is missing
            biobank.yaml:1: the biobank: dataDate must be a day: 2026-04-01
            biobank.yaml:6: the biobank: unknown key 'colour'; allowed here: datasets, id, name, nameJa, dataDate, model, disclosure, url, csv
            biobank.yaml:8: datasets of the biobank: 'GRU' is no data use term: write DUO:0000042, or DUO:0000007 and a disease after a space
            biobank.yaml:10: csv of the biobank: delimiter must be one character, or tab
            biobank.yaml:12: codes of csv of the biobank: a measurement needs its unit (UCUM)
            biobank.yaml:13: codes of csv of the biobank: kind must be one of condition, drug, measurement, biosample, data, attribute
            biobank.yaml:18: participant of files of csv of the biobank: sex cannot mean 'woman'; allowed: female, male, other, unknown
            biobank.yaml:18: participant of files of csv of the biobank: 'everything' is no permission; allowed: GRU, HMB, POA, MDS, DS:<CURIE of a disease>, commercial, abroad, recontact
            biobank.yaml:21: conditions of files of csv of the biobank: give a column, or a code that holds for every row
            biobank.yaml:21: conditions of files of csv of the biobank: unknown code system 'ICD11'; known: ATC, DOID, HP, ICD10, LOINC, MONDO, NCIT, OMOP, ORPHA, RxNorm, SNOMED
            biobank.yaml:21: conditions of files of csv of the biobank: unknown key 'colum'; allowed here: column, code, system, values, separator
            biobank.yaml:23: measurements of files of csv of the biobank: give the code of the column (code), or the column of the code (codes)
            biobank.yaml:23: measurements of files of csv of the biobank: give the unit of the values, or the column of the unit: unit: {column: name}
            """,
            refused.Message);
    }

    [Fact]
    public void A_variable_that_is_not_set_is_named()
    {
        var refused = Refusal("id: bbj\nname: ${NAME_OF_BIOBANK}");

        Assert.Contains("biobank.yaml:2: the environment variable NAME_OF_BIOBANK is not set", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id: [", "adapter.configuration")]
    [InlineData("- a\n- b", "adapter.configuration")]
    [InlineData("id: a\nid: b", "adapter.configuration")]
    [InlineData("", "adapter.configuration")]
    public void What_is_no_yaml_mapping_is_refused(string text, string code) => Assert.Equal(code, Refusal(text).Code);

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var refused = Assert.Throws<BiobankUnreadableException>(() => BiobankFile.Load(Path.Combine(_scratch.Folder, "none.yaml")));

        Assert.Equal("adapter.file-missing", refused.Code);
    }

    [Fact]
    public void An_omop_section_is_checked_too()
    {
        var refused = Refusal(
            """
            id: omop
            name: OMOP
            nameJa: OMOP
            dataDate: 2026-04-01
            model: omop
            disclosure: standard
            datasets: [{id: first}]
            omop:
              schema: "cdm; DROP TABLE person"
              conditions: sometimes
              dataset: second
              specimens: {blood: red}
              tables:
                - {holds: secrets, table: t, column: c}
            """);

        Assert.Equal(
            """
            biobank.yaml:9: omop of the biobank: schema must be a name of letters, digits and underscores
            biobank.yaml:9: omop of the biobank: connection is missing
            biobank.yaml:9: omop of the biobank: conditions must be era or occurrence
            biobank.yaml:9: omop of the biobank: dataset must be one of first
            biobank.yaml:9: omop of the biobank: specimens: write a code and a type, such as SNOMED:119361006: plasma, not blood: red
            biobank.yaml:14: tables of omop of the biobank: holds must be permission, biosample, data or attribute
            """,
            refused.Message);
    }

    private Biobank Load(string yaml) => BiobankFile.Load(_scratch.Write("biobank.yaml", yaml), _ => null);

    private BiobankUnreadableException Refusal(string yaml) => Assert.Throws<BiobankUnreadableException>(() => Load(yaml));
}
