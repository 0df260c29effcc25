using System.Numerics;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>
/// Recognises RSA keys of the Infineon library whose primes can be computed from the public key (ROCA, CVE-2017-15361; Nemec et
/// al., CCS 2017): modulo every small prime the modulus is a power of 65537. A sound key passes by chance once in 2^27.
/// </summary>
public static class RocaRules
{
    private const int Generator = 65537;

    private static readonly int[] Primes =
    [
        3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157,
        163, 167,
    ];

    private static readonly (int Prime, HashSet<int> Powers)[] Powers = [.. Primes.Select(prime => (prime, PowersModulo(prime)))];

    /// <param name="modulus">Unsigned, most significant byte first.</param>
    public static bool IsWeak(ReadOnlySpan<byte> modulus)
    {
        var n = new BigInteger(modulus, isUnsigned: true, isBigEndian: true);
        return Powers.All(entry => entry.Powers.Contains((int)(n % entry.Prime)));
    }

    private static HashSet<int> PowersModulo(int prime)
    {
        var powers = new HashSet<int>();
        for (var power = 1; powers.Add(power); power = (int)((long)power * Generator % prime))
        {
        }

        return powers;
    }
}
