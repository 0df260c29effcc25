namespace Kakehashi.Seeds.Files;

/// <summary>Lines of a file being written, as bytes; grows as needed and is used again.</summary>
internal sealed class Rows
{
    private byte[] _bytes = new byte[1 << 16];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    public void Clear() => _length = 0;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
    }

    public void Add(byte b)
    {
        Room(1)[0] = b;
        _length++;
    }

    /// <summary>Exactly so many decimal digits, with leading zeros.</summary>
    public void Digits(long number, int count)
    {
        var room = Room(count);
        for (var i = count - 1; i >= 0; i--)
        {
            room[i] = (byte)('0' + (number % 10));
            number /= 10;
        }

        _length += count;
    }

    public void Whole(int number)
    {
        _ = number.TryFormat(Room(11), out var written);
        _length += written;
    }

    /// <summary>yyyy-MM-dd.</summary>
    public void Date(DateOnly date)
    {
        var (year, month, day) = date;
        Digits(year, 4);
        Add((byte)'-');
        Digits(month, 2);
        Add((byte)'-');
        Digits(day, 2);
    }

    /// <summary>A number that is not negative, rounded to 0 or 1 decimals.</summary>
    public void Rounded(double value, int decimals)
    {
        var tenths = (int)((value * (decimals == 0 ? 1 : 10)) + 0.5);
        Whole(decimals == 0 ? tenths : tenths / 10);
        if (decimals == 1)
        {
            Add((byte)'.');
            Digits(tenths % 10, 1);
        }
    }

    private Span<byte> Room(int bytes)
    {
        if (_length + bytes > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes));
        }

        return _bytes.AsSpan(_length);
    }
}
