using System.Numerics;

namespace Kakehashi.Node.Index;

/// <summary>
/// A set of participants of one biobank by dense local id [0, n): a bitmap where at least one in 16 belongs, otherwise the
/// sorted lower halves of the ids by upper half (either way at most n/8 bytes). Immutable.
/// </summary>
public sealed class ParticipantSet
{
    private const int SparseBelow = 16;
    private const int PartBits = 16;
    private const int WordsInPart = 1 << (PartBits - 6);

    private readonly ulong[]? _words;
    private readonly ushort[] _lower;
    private readonly int[] _parts;

    private ParticipantSet(ulong[]? words, ushort[] lower, int[] parts, int count) =>
        (_words, _lower, _parts, Count) = (words, lower, parts, count);

    public int Count { get; }

    /// <summary>The bitmap of a dense set; null when the set is kept as ids.</summary>
    public ulong[]? Words => _words;

    /// <summary>The lower 16 bits of a sparse set's ids, ascending within each part.</summary>
    public ReadOnlySpan<ushort> Lower => _lower;

    /// <summary>Where each part (ids with the same upper bits) begins in <see cref="Lower"/>; one longer than there are parts.</summary>
    public ReadOnlySpan<int> Parts => _parts;

    public long MemoryBytes => ((_words?.Length ?? 0) * (long)sizeof(ulong)) + (_lower.Length * sizeof(ushort)) + (_parts.Length * sizeof(int));

    /// <summary>How many 64-bit words a bitmap over <paramref name="participants"/> needs.</summary>
    public static int WordsFor(int participants) => (participants + 63) / 64;

    /// <summary>Takes ids in any order, with repetitions.</summary>
    public static ParticipantSet FromIds(ReadOnlySpan<int> ids, int participants)
    {
        var words = new ulong[WordsFor(participants)];
        foreach (var id in ids)
        {
            words[id >> 6] |= 1UL << id;
        }

        return FromWords(words, participants);
    }

    /// <summary>Takes over a bitmap; the caller must not change it afterwards.</summary>
    public static ParticipantSet FromWords(ulong[] words, int participants)
    {
        var count = Bitmap.Count(words);
        if (count >= participants / SparseBelow)
        {
            return new(words, [], [], count);
        }

        var (lower, parts) = (new ushort[count], new int[((words.Length + WordsInPart - 1) / WordsInPart) + 1]);
        var next = 0;
        for (var i = 0; i < words.Length; i++)
        {
            for (var word = words[i]; word != 0; word &= word - 1)
            {
                lower[next++] = (ushort)((i << 6) | BitOperations.TrailingZeroCount(word));
            }

            parts[(i / WordsInPart) + 1] = next;
        }

        return new(null, lower, parts, count);
    }

    /// <summary>The stored form of a set, for snapshots: a bitmap, or ids by part.</summary>
    public static ParticipantSet FromStored(ulong[]? words, ushort[] lower, int[] parts) =>
        new(words, lower, parts, words is null ? lower.Length : Bitmap.Count(words));

    public void OrInto(Span<ulong> target)
    {
        if (_words is not null)
        {
            Bitmap.Or(target, _words);
            return;
        }

        for (var part = 0; part < _parts.Length - 1; part++)
        {
            var words = target[(part * WordsInPart)..];
            foreach (var lower in _lower.AsSpan(_parts[part].._parts[part + 1]))
            {
                words[lower >> 6] |= 1UL << lower;
            }
        }
    }

    /// <summary>How many members the bitmap also has.</summary>
    public int CountIn(ReadOnlySpan<ulong> mask)
    {
        var count = 0;
        if (_words is not null)
        {
            for (var i = 0; i < _words.Length; i++)
            {
                count += BitOperations.PopCount(_words[i] & mask[i]);
            }

            return count;
        }

        for (var part = 0; part < _parts.Length - 1; part++)
        {
            var words = mask[(part * WordsInPart)..];
            foreach (var lower in _lower.AsSpan(_parts[part].._parts[part + 1]))
            {
                count += (int)((words[lower >> 6] >> lower) & 1);
            }
        }

        return count;
    }
}
