namespace Kakehashi.Cohorts.Codes;

/// <summary>Check digits catch a mistyped code before it becomes a count of nobody.</summary>
internal static class CheckDigits
{
    private const string Permutation = "1576283094";

    /// <summary>Verhoeff's check over all digits, the last being the check digit (SNOMED CT identifiers).</summary>
    public static bool IsVerhoeff(string digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum = Multiply(sum, Permute(digits[^(i + 1)] - '0', i % 8));
        }

        return sum == 0;
    }

    /// <summary>Luhn's check of the digits before the hyphen (LOINC numbers).</summary>
    public static bool IsLoinc(string code)
    {
        var hyphen = code.IndexOf('-', StringComparison.Ordinal);
        var sum = 0;
        for (var i = 0; i < hyphen; i++)
        {
            var digit = code[hyphen - 1 - i] - '0';
            var weighted = i % 2 == 0 ? 2 * digit : digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }

        return (10 - (sum % 10)) % 10 == code[^1] - '0';
    }

    private static int Permute(int digit, int times)
    {
        for (var i = 0; i < times; i++)
        {
            digit = Permutation[digit] - '0';
        }

        return digit;
    }

    /// <summary>Multiplication in the dihedral group of order ten: rotations 0 to 4, reflections 5 to 9.</summary>
    private static int Multiply(int a, int b) => (a < 5, b < 5) switch
    {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + ((a + b) % 5),
        (false, true) => 5 + ((a - b) % 5),
        (false, false) => (a - b + 5) % 5,
    };
}
