using System.Numerics;
using System.Runtime.InteropServices;

namespace Kakehashi.Node.Index;

/// <summary>Arithmetic on bitmaps of 64-bit words; vectorised where the machine can.</summary>
public static class Bitmap
{
    public static int Count(ReadOnlySpan<ulong> words)
    {
        var count = 0;
        foreach (var word in words)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>The ids of the set bits, ascending.</summary>
    public static int[] Ids(ReadOnlySpan<ulong> words, int count)
    {
        var ids = new int[count];
        var next = 0;
        for (var i = 0; i < words.Length; i++)
        {
            for (var word = words[i]; word != 0; word &= word - 1)
            {
                ids[next++] = (i << 6) | BitOperations.TrailingZeroCount(word);
            }
        }

        return ids;
    }

    /// <summary>Bits [0, participants) set, the rest of the last word clear.</summary>
    public static ulong[] All(int participants)
    {
        var words = new ulong[ParticipantSet.WordsFor(participants)];
        Array.Fill(words, ulong.MaxValue);
        if ((participants & 63) != 0)
        {
            words[^1] = (1UL << participants) - 1;
        }

        return words;
    }

    public static void Or(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        var (vectors, rest) = Split(target, other, out var otherVectors);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] |= otherVectors[i];
        }

        for (var i = rest; i < target.Length; i++)
        {
            target[i] |= other[i];
        }
    }

    public static void And(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        var (vectors, rest) = Split(target, other, out var otherVectors);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] &= otherVectors[i];
        }

        for (var i = rest; i < target.Length; i++)
        {
            target[i] &= other[i];
        }
    }

    public static void AndNot(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        var (vectors, rest) = Split(target, other, out var otherVectors);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Vector.AndNot(vectors[i], otherVectors[i]);
        }

        for (var i = rest; i < target.Length; i++)
        {
            target[i] &= ~other[i];
        }
    }

    private static VectorSplit Split(
        Span<ulong> target, ReadOnlySpan<ulong> other, out ReadOnlySpan<Vector<ulong>> otherVectors)
    {
        otherVectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(other[..target.Length]);
        var vectors = MemoryMarshal.Cast<ulong, Vector<ulong>>(target);
        return new(vectors, vectors.Length * Vector<ulong>.Count);
    }

    private readonly ref struct VectorSplit(Span<Vector<ulong>> vectors, int rest)
    {
        private readonly Span<Vector<ulong>> _vectors = vectors;

        public void Deconstruct(out Span<Vector<ulong>> vectors, out int firstOfRest) => (vectors, firstOfRest) = (_vectors, rest);
    }
}
