namespace Kakehashi.Adapters;

/// <summary>A set of row numbers, one bit each.</summary>
internal sealed class RowSet
{
    private ulong[] _bits = new ulong[16];

    public long Count { get; private set; }

    public void Add(long row)
    {
        var word = row >> 6;
        if (word >= _bits.Length)
        {
            Array.Resize(ref _bits, (int)Math.Max(word + 1, _bits.Length * 2L));
        }

        Count += Contains(row) ? 0 : 1;
        _bits[word] |= 1UL << (int)(row & 63);
    }

    public bool Contains(long row) => row >> 6 < _bits.Length && (_bits[row >> 6] >> (int)(row & 63) & 1) != 0;
}
