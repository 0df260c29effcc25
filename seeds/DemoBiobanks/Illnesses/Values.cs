using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Illnesses;

/// <summary>Values of measurements from age, sex, health and the conditions on record. Adults, if nothing else is said.</summary>
internal static class Values
{
    private const int Adult = 18;

    private static readonly int Diabetes = ConditionList.IndexOf("E11");
    private static readonly int DiabetesUnspecified = ConditionList.IndexOf("E14");
    private static readonly int DiabetesOfTheYoung = ConditionList.IndexOf("E10");
    private static readonly int RaisedGlucose = ConditionList.IndexOf("R73");
    private static readonly int Obesity = ConditionList.IndexOf("E66");
    private static readonly int Hypertension = ConditionList.IndexOf("I10");
    private static readonly int Lipidaemia = ConditionList.IndexOf("E78");
    private static readonly int KidneyDisease = ConditionList.IndexOf("N18");
    private static readonly int MildImpairment = ConditionList.IndexOf("F06");
    private static readonly int[] Dementias = [.. new[] { "F00", "F01", "F03", "G30" }.Select(ConditionList.IndexOf)];

    /// <param name="of">Which measurement.</param>
    /// <param name="person">Of whom.</param>
    /// <param name="health">Their health.</param>
    /// <param name="record">Their conditions.</param>
    /// <param name="z">Chance: normal, mean 0, deviation 1.</param>
    public static double Of(Measurement of, in Person person, in Health health, Record record, double z)
    {
        var value = of.Id switch
        {
            "hba1c" => HbA1c(person, record, z),
            "bmi" => Bmi(person, health, record, z),
            "sbp" => Systolic(person, health, record, z),
            "ldl" => Ldl(person, record, z),
            "egfr" => Egfr(person, record, z),
            _ => Mmse(person, record, z),
        };
        return Math.Clamp(value, of.Min, of.Max);
    }

    private static double HbA1c(in Person person, Record record, double z)
    {
        var healthy = 5.2 + (0.006 * Math.Min(person.Age, 80)) + (0.25 * z);
        if (record.Has(DiabetesOfTheYoung))
        {
            return 7.7 + (1.1 * z);
        }

        // Treated diabetes: most near 7, a long tail upwards.
        return record.Has(Diabetes) || record.Has(DiabetesUnspecified) ? 6.85 + (0.7 * z) + (z > 0 ? 0.3 * z * z : 0)
            : record.Has(RaisedGlucose) ? healthy + 0.35
            : healthy;
    }

    private static double Bmi(in Person person, in Health health, Record record, double z)
    {
        if (person.Age < Adult)
        {
            return 15.2 + (0.32 * person.Age) + (1.7 * z);
        }

        var typical = (person.Sex == Sex.Male ? 23.4 : 22.0) - (person.Age > 75 ? 0.06 * (person.Age - 75) : 0);
        var value = typical + (0.3 * (health.Metabolism - 3.5)) + (2.9 * z) + (z > 0 ? 0.35 * z * z : 0);
        return record.Has(Obesity) ? Math.Max(value + 3.5, 25 + (2 * Math.Abs(z))) : value;
    }

    private static double Systolic(in Person person, in Health health, Record record, double z)
    {
        if (person.Age < Adult)
        {
            return 92 + (1.4 * person.Age) + (9 * z);
        }

        var typical = 109 + (0.3 * (person.Age - 30)) + (person.Sex == Sex.Male ? 5 : 0) + (0.8 * (health.Metabolism - 3.5));
        return typical + (record.Has(Hypertension) ? 8 : 0) + (13.5 * z);
    }

    private static double Ldl(in Person person, Record record, double z)
    {
        var pastMenopause = person.Sex == Sex.Female && person.Age > 50 ? 9 : 0;
        var veryOld = person.Age > 75 ? 0.5 * (person.Age - 75) : 0;
        return (person.Age < Adult ? 92 : 113) + pastMenopause - veryOld + (record.Has(Lipidaemia) ? 15 : 0) + (28 * z);
    }

    private static double Egfr(in Person person, Record record, double z) =>
        record.Has(KidneyDisease) ? 44 + (13 * z)
        : person.Age < Adult ? 112 + (14 * z)
        : Math.Max(103 - (0.55 * (person.Age - 25)) + (12.5 * z), 45 + Math.Abs(z));

    private static double Mmse(in Person person, Record record, double z)
    {
        foreach (var dementia in Dementias)
        {
            if (record.Has(dementia))
            {
                return 18.5 + (4.2 * z);
            }
        }

        return (record.Has(MildImpairment) ? 25.4 : 28.3 - (0.05 * Math.Max(person.Age - 75, 0))) + (1.6 * z);
    }
}
