using System.Text;

namespace Kakehashi.Seeds.Illnesses;

/// <summary>A measurement the biobanks take.</summary>
/// <param name="Id">Short name within the generator.</param>
/// <param name="Code">LOINC code as a CURIE.</param>
/// <param name="Unit">UCUM unit.</param>
/// <param name="Label">English name.</param>
/// <param name="LabelJa">Japanese name.</param>
/// <param name="Decimals">How laboratories report it: 0 or 1 decimals.</param>
/// <param name="Min">Smallest plausible value.</param>
/// <param name="Max">Largest plausible value.</param>
internal sealed record Measurement(
    string Id, string Code, string Unit, string Label, string LabelJa, int Decimals, double Min, double Max)
{
    public static IReadOnlyList<Measurement> All { get; } =
    [
        new("hba1c", "LOINC:4548-4", "%", "Haemoglobin A1c", "ヘモグロビンA1c", 1, 3, 20),
        new("bmi", "LOINC:39156-5", "kg/m2", "Body mass index", "BMI（体格指数）", 1, 8, 80),
        new("sbp", "LOINC:8480-6", "mm[Hg]", "Systolic blood pressure", "収縮期血圧", 0, 50, 280),
        new("ldl", "LOINC:13457-7", "mg/dL", "LDL cholesterol", "LDLコレステロール", 0, 10, 500),
        new("egfr", "LOINC:62238-1", "mL/min/{1.73_m2}", "Estimated glomerular filtration rate", "推算糸球体濾過量", 1, 2, 200),
        new("mmse", "LOINC:72106-8", "{score}", "Mini-Mental State Examination score", "MMSE得点", 0, 0, 30),
    ];

    /// <summary>Begin and end of a line of measurements.csv, around the value.</summary>
    public byte[] Before { get; } = Encoding.UTF8.GetBytes($",{Code},");

    public byte[] After { get; } = Encoding.UTF8.GetBytes($",{Unit}\n");
}
