using System.IO.Compression;
using System.Text;

namespace Kakehashi.Adapters.Tests.Csv;

/// <summary>Files as biobanks have them: encodings, compression, joins, code lists, broken columns.</summary>
public sealed class CsvFilesTests : IDisposable
{
    private const string PeopleOnly =
        """
        files:
          - path: people.csv
            id: id
            participant: {sex: sex}
            attributes: [{name: town, column: town}]
        """;

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Shift_jis_is_read()
    {
        _scratch.Write("people.csv", "id,sex,town\n1,female,東京\n", CodePagesEncodingProvider.Instance.GetEncoding("shift_jis"));

        var outcome = await Outcome.OfAsync(_scratch.Biobank("encoding: shift_jis\n" + PeopleOnly));

        Assert.Contains((VariableKind.Attribute, "town=東京"), outcome.Sink.People["1"].Facts);
    }

    [Fact]
    public async Task A_wrong_encoding_is_reported_by_line()
    {
        _scratch.Write("people.csv", "id,sex,town\n1,female,Kyoto\n2,male,東京\n", CodePagesEncodingProvider.Instance.GetEncoding("shift_jis"));

        var outcome = await Outcome.OfAsync(_scratch.Biobank(PeopleOnly));

        Assert.Equal([3L], outcome.Fault("adapter.undecodable").FirstLines);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_part_of_the_header()
    {
        _scratch.Write("people.csv", "id,sex,town\n1,female,Kyoto\n", new UTF8Encoding(true));

        Assert.Single((await Outcome.OfAsync(_scratch.Biobank(PeopleOnly))).Sink.People);
    }

    [Fact]
    public async Task Compressed_files_are_read_and_truncated_ones_refused()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes("id,sex,town\n" + string.Concat(Enumerable.Range(0, 5000).Select(i => $"{i},female,{i % 9}\n"))), TestContext.Current.CancellationToken);
        }

        var path = Path.Combine(_scratch.Folder, "people.csv.gz");
        var biobank = _scratch.Biobank(PeopleOnly.Replace("people.csv", "people.csv.gz", StringComparison.Ordinal));
        await File.WriteAllBytesAsync(path, packed.ToArray(), TestContext.Current.CancellationToken);
        Assert.Equal(5000, (await Outcome.OfAsync(biobank)).Sink.People.Count);

        foreach (var broken in new[] { "not compressed at all"u8.ToArray(), packed.ToArray()[..^500] })
        {
            await File.WriteAllBytesAsync(path, broken, TestContext.Current.CancellationToken);
            var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => Outcome.OfAsync(biobank));
            Assert.Equal("adapter.file-unreadable", refused.Code);
            Assert.StartsWith("people.csv.gz cannot be read", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => Outcome.OfAsync(_scratch.Biobank(PeopleOnly)));

        Assert.Equal(("adapter.file-missing", "people.csv is not there."), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task Columns_that_are_not_there_are_all_named_with_the_nearest()
    {
        _scratch.Write("people.csv", "id,gender,sexe,home town\n1,female,f,Kyoto\n");

        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => Outcome.OfAsync(_scratch.Biobank(PeopleOnly)));

        Assert.Equal("adapter.column-missing", refused.Code);
        Assert.Equal(
            """
            people.csv: column 'sex' is not there; nearest: 'sexe', 'id', 'gender'
            people.csv: column 'town' is not there; nearest: 'id', 'sexe', 'home town'
            """,
            refused.Message);
    }

    [Fact]
    public async Task Columns_that_cannot_be_right_are_warned_about()
    {
        _scratch.Write("people.csv", "id,sex,age,diabetes,weight,note\n1,female,40,No,#REF!,x\n2,male,40,No,,x\n3,male,40,No,#REF!,x\n");

        var outcome = await Outcome.OfAsync(_scratch.Biobank(
            """
            missing: ["#REF!"]
            codes: [{kind: measurement, code: "LOINC:29463-7", label: Weight, unit: kg}]
            files:
              - path: people.csv
                id: id
                participant: {sex: sex, age: age}
                conditions: [{column: diabetes, values: {"Yes": "ICD10:E14", "No": }}]
                measurements: [{code: "LOINC:29463-7", column: weight, unit: kg}]
            """));

        Assert.Equal(
            ["diabetes adapter.value-never-seen 3", "age adapter.column-constant 3", "diabetes adapter.column-constant 3", "weight adapter.column-empty 3"],
            outcome.Report.Faults.Select(f => $"{f.Column} {f.Code} {f.Rows}"));
        Assert.Equal("mapped, but in no row: Yes", outcome.Fault("adapter.value-never-seen").Text);
        Assert.Contains(("ICD10:E10-E14", "ICD10:E14"), outcome.Sink.Ancestors);
        Assert.Equal(0, Assert.Single(outcome.Report.Sources).RowsWithFaults);
    }

    [Fact]
    public async Task A_variable_whose_column_is_empty_throughout_is_not_held()
    {
        _scratch.Write("people.csv", "id,age\n1,NA\n2,NA\n");

        var outcome = await Outcome.OfAsync(_scratch.Biobank("missing: [NA]\nfiles: [{path: people.csv, id: id, participant: {age: age}}]"));

        Assert.Empty(outcome.Sink.Held);
        Assert.Equal("age", outcome.Fault("adapter.column-empty").Column);
    }

    [Fact]
    public async Task Joined_files_lend_their_columns_and_ids()
    {
        _scratch.Write("people.csv", "id,sample\nA,s1\nB,s2\nC,s9\n");
        _scratch.Write("panel.tsv", "sample\tpop\tgender\t\t\ns1\tJPT\tfemale\ns2\tGBR\tmale\ns2\tCHB\tmale\ns3\tCHB\tmale\n");
        _scratch.Write("visits.csv", "visit,person\nv1,A\nv2,B\n");
        _scratch.Write("findings.csv", "visit,code\nv1,I10\nv2,E11\nv7,E11\n");

        var outcome = await Outcome.OfAsync(_scratch.Biobank(
            """
            files:
              - path: people.csv
                id: id
                join: {as: panel, path: panel.tsv, delimiter: tab, key: sample, column: sample}
                participant: {sex: panel.gender}
                attributes: [{name: population, column: panel.pop}]
              - path: findings.csv
                id: visit.person
                join: {as: visit, path: visits.csv, key: visit, column: visit}
                conditions: [{column: code, system: ICD10}]
            """));

        Assert.Empty(outcome.Sink.Breaches);
        Assert.Equal((Sex.Female, Sex.Male, Sex.Unknown), (outcome.Sink.People["A"].Sex, outcome.Sink.People["B"].Sex, outcome.Sink.People["C"].Sex));
        Assert.Contains((VariableKind.Attribute, "population=GBR"), outcome.Sink.People["B"].Facts);
        Assert.Contains((VariableKind.Condition, "ICD10:E11"), outcome.Sink.People["B"].Facts);
        Assert.Equal(
            [
                "people.csv sample adapter.join-missing 4",
                "panel.tsv  adapter.join-repeated 4",
                "panel.tsv  adapter.join-unused 5",
                "findings.csv  adapter.join-missing 4",
            ],
            outcome.Report.Faults.Select(f => $"{f.Source} {f.Column} {f.Code} {string.Join(',', f.FirstLines)}"));
    }

    [Fact]
    public async Task Code_lists_give_labels_to_codes_nobody_has()
    {
        _scratch.Write("people.csv", "id,sex,town\n1,female,Kyoto\n");
        _scratch.Write("codes.csv", "kind,code,label,labelJa,unit,min,max\ncondition,ICD10:E11,Type 2 diabetes,2型糖尿病,,,\nmeasurement,LOINC:4548-4,HbA1c,,%,2,20\nmeasurement,LOINC:1,x,,,,\ncolour,red,,,,,\ncondition,ICD10:E11,again,,,,\n");

        var outcome = await Outcome.OfAsync(_scratch.Biobank("codes: [{file: codes.csv}]\n" + PeopleOnly));

        Assert.Equal("2型糖尿病", outcome.Sink.CodeEntries[(VariableKind.Condition, "ICD10:E11")].LabelJa);
        Assert.Equal("%", outcome.Sink.CodeEntries[(VariableKind.Measurement, "LOINC:4548-4")].Unit);
        Assert.Contains((VariableKind.Condition, "ICD10"), outcome.Sink.Held);
        Assert.Equal(
            ["adapter.code-invalid 4", "adapter.kind-unknown 5", "adapter.code-repeated 6"],
            outcome.Report.Faults.Where(f => f.Source == "codes.csv").Select(f => $"{f.Code} {f.FirstLines[0]}"));
    }

    [Fact]
    public async Task A_measurement_without_a_unit_in_codes_stops_the_load()
    {
        _scratch.Write("people.csv", "id,bmi,weight\n1,22,60\n");

        var refused = await Assert.ThrowsAsync<BiobankUnreadableException>(() => Outcome.OfAsync(_scratch.Biobank(
            """
            codes: [{kind: measurement, code: "LOINC:29463-7", label: Weight, unit: kg}]
            files:
              - path: people.csv
                id: id
                participant: {}
                measurements:
                  - {code: "LOINC:39156-5", column: bmi, unit: kg/m2}
                  - {code: "LOINC:29463-7", column: weight, unit: stone}
            """)));

        Assert.Equal("adapter.code-unlisted", refused.Code);
        Assert.Contains("LOINC:39156-5 is not in codes", refused.Message, StringComparison.Ordinal);
        Assert.Contains("add to its units how stone converts", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Facts_of_a_row_that_is_no_participant_are_left_out()
    {
        _scratch.Write("people.csv", "id,sex,town\n1,female,Kyoto\n1,male,Nara\n,male,Nara\n");

        var outcome = await Outcome.OfAsync(_scratch.Biobank(PeopleOnly));

        Assert.Equal([(VariableKind.Attribute, "town=Kyoto")], Assert.Single(outcome.Sink.People).Value.Facts);
        Assert.Equal(["adapter.participant-repeated", "adapter.id-missing"], outcome.Report.Faults.Where(f => f.FirstLines.Count > 0).Select(f => f.Code));
    }

    [Fact]
    public async Task A_row_with_several_faults_counts_once()
    {
        _scratch.Write("people.csv", "id,sex,codes\n1,woman,x!;y!;I10\n");
        _scratch.Write("facts.csv", "id,codes\n9,I10;E11\n");

        var outcome = await Outcome.OfAsync(_scratch.Biobank(
            """
            files:
              - path: people.csv
                id: id
                participant: {sex: sex}
                conditions: [{column: codes, system: ICD10, separator: ";"}]
              - path: facts.csv
                id: id
                conditions: [{column: codes, system: ICD10, separator: ";"}]
            """));

        Assert.Equal(
            ["sex adapter.value-unknown 1", "codes adapter.code-invalid 1", " adapter.participant-unknown 1"],
            outcome.Report.Faults.Select(f => $"{f.Column} {f.Code} {f.Rows}"));
        Assert.All(outcome.Report.Sources, s => Assert.Equal((1, 1), (s.Rows, s.RowsWithFaults)));
    }

    [Fact]
    public async Task A_free_text_column_is_no_attribute()
    {
        _scratch.Write("people.csv", "id,sex,town\n" + string.Concat(Enumerable.Range(0, 1200).Select(i => $"{i},male,free text {i}\n")));

        var outcome = await Outcome.OfAsync(_scratch.Biobank(PeopleOnly));

        Assert.Equal(200, outcome.Fault("adapter.too-many-values").Rows);
    }
}
