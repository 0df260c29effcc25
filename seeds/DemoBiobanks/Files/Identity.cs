using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Files;

/// <summary>
/// Identifying data as the biobank took them at enrolment, held at its node only. Name, birth date and sex agree between
/// biobanks; address, telephone and insured number may have changed in between.
/// </summary>
internal static class Identity
{
    private const int Mobile = 10_000_000;

    public static void Write(Rows rows, in Person person, in Draws home, Prefecture prefecture, DateOnly enrolled)
    {
        var (family, given) = (Names.FamilyOf(person), Names.GivenOf(person));
        Cell(rows, family.Written);
        Cell(rows, given.Written);
        Cell(rows, family.Reading);
        Cell(rows, given.Reading);
        rows.Add((byte)',');
        rows.Date(person.Born);
        rows.Add(person.Sex == Sex.Male ? ",male,"u8 : ",female,"u8);
        rows.Digits(prefecture.FirstPostal + home.Below(prefecture.Postals, Topic.Address, 0), 3);
        rows.Add((byte)'-');
        rows.Digits(home.Below(10_000, Topic.Address, 1), 4);
        Telephone(rows, home);
        InsuredNumber(rows, person, enrolled);
    }

    /// <summary>A mobile number with 0 after the prefix: no such numbers are given out.</summary>
    private static void Telephone(Rows rows, in Draws home)
    {
        var number = home.Below(Mobile, Topic.Telephone);
        rows.Add(",090-0"u8);
        rows.Digits(number / 10_000, 3);
        rows.Add((byte)'-');
        rows.Digits(number % 10_000, 4);
    }

    /// <summary>
    /// Shaped like insurer number, symbol, number and branch; 99 begins no real insurer number. A person's number changes
    /// about every nine years, as with a change of employer.
    /// </summary>
    private static void InsuredNumber(Rows rows, in Person person, DateOnly enrolled)
    {
        var phase = person.Draws.Below(9, Topic.Insurance);
        var number = person.Draws.For(Topic.Insurance, (uint)((enrolled.Year + phase) / 9));
        rows.Add(",99"u8);
        rows.Digits(number.Below(1_000_000, Topic.Insurance, 1), 6);
        rows.Add((byte)'-');
        rows.Digits(number.Below(10_000, Topic.Insurance, 2), 4);
        rows.Add((byte)'-');
        rows.Digits(number.Below(10_000_000, Topic.Insurance, 3), 7);
        rows.Add("-0"u8);
        rows.Digits(number.Below(5, Topic.Insurance, 4), 1);
        rows.Add((byte)'\n');
    }

    private static void Cell(Rows rows, byte[] text)
    {
        rows.Add((byte)',');
        rows.Add(text);
    }
}
