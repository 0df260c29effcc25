using System.Numerics;

namespace Kakehashi.Node.Index;

/// <summary>
/// A set of participants of one biobank by dense local id [0, n): a bitmap where at least one in 32 belongs, sorted ids
/// otherwise (both cost at most n/8 bytes). Immutable.
/// </summary>
public sealed class ParticipantSet
{
    private const int SparseBelow = 32;

    private readonly ulong[]? _words;
    private readonly int[]? _ids;

    private ParticipantSet(ulong[]? words, int[]? ids, int count) => (_words, _ids, Count) = (words, ids, count);

    public int Count { get; }

    /// <summary>The bitmap of a dense set; null when the set is kept as sorted ids.</summary>
    public ulong[]? Words => _words;

    /// <summary>The sorted ids of a sparse set; empty when the set is kept as a bitmap.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    public long MemoryBytes => ((_words?.Length ?? 0) * sizeof(ulong)) + ((_ids?.Length ?? 0) * (long)sizeof(int));

    /// <summary>How many 64-bit words a bitmap over <paramref name="participants"/> needs.</summary>
    public static int WordsFor(int participants) => (participants + 63) / 64;

    /// <summary>Takes ids in any order, with repetitions.</summary>
    public static ParticipantSet FromIds(ReadOnlySpan<int> ids, int participants)
    {
        var words = new ulong[WordsFor(participants)];
        Set(words, ids);
        return FromWords(words, participants);
    }

    /// <summary>Takes over a bitmap; the caller must not change it afterwards.</summary>
    public static ParticipantSet FromWords(ulong[] words, int participants)
    {
        var count = Bitmap.Count(words);
        return count >= participants / SparseBelow ? new(words, null, count) : new(null, Bitmap.Ids(words, count), count);
    }

    /// <summary>A set that is read in every question and so is kept as a bitmap however small.</summary>
    public static ParticipantSet DenseFromWords(ulong[] words) => new(words, null, Bitmap.Count(words));

    /// <summary>The stored form of a set, for snapshots: exactly one of the two is not null.</summary>
    public static ParticipantSet FromStored(ulong[]? words, int[]? ids) =>
        new(words, ids, words is null ? ids!.Length : Bitmap.Count(words));

    public void OrInto(Span<ulong> target)
    {
        if (_words is not null)
        {
            Bitmap.Or(target, _words);
        }
        else
        {
            Set(target, _ids);
        }
    }

    public bool Contains(int id) =>
        _words is null ? Array.BinarySearch(_ids!, id) >= 0 : (_words[id >> 6] & (1UL << id)) != 0;

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

        foreach (var id in _ids!)
        {
            count += (int)((mask[id >> 6] >> id) & 1);
        }

        return count;
    }

    private static void Set(Span<ulong> words, ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
        {
            words[id >> 6] |= 1UL << id;
        }
    }
}
