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
        var vectors = Vectors(target);
        var others = Vectors(other);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] |= others[i];
        }

        for (var i = vectors.Length * Vector<ulong>.Count; i < target.Length; i++)
        {
            target[i] |= other[i];
        }
    }

    public static void And(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        var vectors = Vectors(target);
        var others = Vectors(other);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] &= others[i];
        }

        for (var i = vectors.Length * Vector<ulong>.Count; i < target.Length; i++)
        {
            target[i] &= other[i];
        }
    }

    public static void AndNot(Span<ulong> target, ReadOnlySpan<ulong> other)
    {
        var vectors = Vectors(target);
        var others = Vectors(other);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = Vector.AndNot(vectors[i], others[i]);
        }

        for (var i = vectors.Length * Vector<ulong>.Count; i < target.Length; i++)
        {
            target[i] &= ~other[i];
        }
    }

    private static Span<Vector<ulong>> Vectors(Span<ulong> words) => MemoryMarshal.Cast<ulong, Vector<ulong>>(words);

    private static ReadOnlySpan<Vector<ulong>> Vectors(ReadOnlySpan<ulong> words) => MemoryMarshal.Cast<ulong, Vector<ulong>>(words);
}
