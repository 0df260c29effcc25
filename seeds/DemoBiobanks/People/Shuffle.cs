namespace Kakehashi.Seeds.People;

/// <summary>
/// A fixed order of [0, size) that looks mixed and can be followed both ways without a table: multiplication by a number
/// without a common factor with the size.
/// </summary>
internal sealed class Shuffle
{
    private readonly long _size;
    private readonly long _factor;
    private readonly long _inverse;

    public Shuffle(int size)
    {
        _size = Math.Max(size, 1);
        _factor = Math.Max((long)(_size * 0.6180339887498949), 1);
        while (Gcd(_factor, _size) != 1)
        {
            _factor++;
        }

        _inverse = Inverse(_factor, _size);
    }

    public int PositionOf(int participant) => (int)(participant * _factor % _size);

    public int ParticipantAt(int position) => (int)(position * _inverse % _size);

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);

    /// <summary>The x with a·x = 1 modulo m (extended Euclid).</summary>
    private static long Inverse(long a, long m)
    {
        var (r, newR, t, newT) = (m, a, 0L, 1L);
        while (newR != 0)
        {
            var quotient = r / newR;
            (r, newR, t, newT) = (newR, r - (quotient * newR), newT, t - (quotient * newT));
        }

        return ((t % m) + m) % m;
    }
}
