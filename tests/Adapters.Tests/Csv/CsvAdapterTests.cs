namespace Kakehashi.Adapters.Tests.Csv;

public sealed class CsvAdapterTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_small_biobank_of_three_files_is_read()
    {
        _scratch.Write("people.csv", "id,sex,birth,since,consent\np1,F,1970-05-01,2010-01-02,GRU;commercial\np2,M,2000-04-01,,\np3,?,1999-13-01,2030-01-01,GRU;fun\n");
        _scratch.Write("conditions.csv", "id,code\np1,E119\np1,I10\np2,e11.9\np9,I10\np2,nonsense!\n");
        _scratch.Write("labs.csv", "id,code,value,unit,bmi\np1,4548-4,6.5,%,22.5\np1,2093-3,5.0,mmol/L,\np2,4548-4,60,mmol/mol,400\np2,2093-3,180,furlong,abc\n");
        var biobank = _scratch.Biobank(
            """
            codes:
              - {kind: measurement, code: "LOINC:4548-4", label: HbA1c, unit: "%", units: {mmol/mol: {factor: 0.09148, offset: 2.152}}}
              - {kind: measurement, code: "LOINC:2093-3", label: Cholesterol, unit: mg/dL, units: {mmol/L: 38.67}}
              - {kind: measurement, code: "LOINC:39156-5", label: BMI, unit: kg/m2, min: 5, max: 200}
            files:
              - path: people.csv
                id: id
                participant:
                  sex: {column: sex, values: {F: female, M: male}}
                  birth: birth
                  enrolled: since
                  permissions: {column: consent, separator: ";"}
                data:
                  - {type: wgs}
              - path: conditions.csv
                id: id
                conditions:
                  - {column: code, system: ICD10}
              - path: labs.csv
                id: id
                measurements:
                  - {codes: {column: code, system: LOINC}, column: value, unit: {column: unit}}
                  - {code: "LOINC:39156-5", column: bmi, unit: kg/m2}
            """);

        var outcome = await Outcome.OfAsync(biobank);

        Assert.Empty(outcome.Sink.Breaches);
        Assert.Equal(
            """
            p1 Female 55 2010-01-02 first
              GRU commercial
              Condition:ICD10:E11.9 Condition:ICD10:I10 Data:wgs Measurement:LOINC:2093-3 Measurement:LOINC:39156-5 Measurement:LOINC:4548-4
              LOINC:2093-3 193.35
              LOINC:39156-5 22.5
              LOINC:4548-4 6.5
            p2 Male 26  first
              
              Condition:ICD10:E11.9 Data:wgs Measurement:LOINC:4548-4
              LOINC:4548-4 7.6408
            p3 Unknown   first
              GRU
              Data:wgs

            """,
            outcome.Sink.Snapshot());
        Assert.Contains(("ICD10:E10-E14", "ICD10:E11.9"), outcome.Sink.Ancestors);
        Assert.Contains(("ICD10:E00-E90", "ICD10:E11.9"), outcome.Sink.Ancestors);
        Assert.Equal(
            [
                "people.csv sex adapter.value-unknown 4",
                "people.csv birth adapter.not-a-date 4",
                "people.csv since adapter.date-in-future 4",
                "people.csv consent adapter.permission-unknown 4",
                "conditions.csv  adapter.participant-unknown 5",
                "conditions.csv code adapter.code-invalid 6",
                "labs.csv bmi adapter.out-of-bounds 4",
                "labs.csv value adapter.unit-unknown 5",
                "labs.csv bmi adapter.not-a-number 5",
            ],
            outcome.Report.Faults.Select(f => $"{f.Source} {f.Column} {f.Code} {string.Join(',', f.FirstLines)}"));
        Assert.Equal([("people.csv", 3, 1), ("conditions.csv", 5, 2), ("labs.csv", 4, 2)], outcome.Report.Sources.Select(s => (s.Name, s.Rows, s.RowsWithFaults)));
    }
}
