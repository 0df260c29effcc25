using System.Buffers;
using System.Numerics;

namespace Kakehashi.Node.Index;

/// <summary>One bitmap of a conjunction, or its complement.</summary>
public readonly record struct Operand(ulong[] Words, bool Negated)
{
    /// <summary>What every word is XORed with: all ones for a complement.</summary>
    public ulong Flip => Negated ? ulong.MaxValue : 0;
}

/// <summary>
/// The members of a cohort as the non-zero words of its bitmap: few for a selective question, so that a breakdown reads
/// only what matters. Rented; goes back at Dispose.
/// </summary>
public sealed class CountedCohort : IDisposable
{
    private const int BlockWords = 512; // one block and its operands stay in the first-level cache

    private readonly int[] _positions;
    private readonly ulong[] _words;
    private int _length;

    private CountedCohort(int mostWords) =>
        (_positions, _words) = (ArrayPool<int>.Shared.Rent(mostWords), ArrayPool<ulong>.Shared.Rent(mostWords));

    public int Count { get; private set; }

    /// <summary>One pass: everyone in <paramref name="mask"/> who satisfies every operand.</summary>
    public static CountedCohort Of(ReadOnlySpan<ulong> mask, IReadOnlyList<Operand> operands)
    {
        var cohort = new CountedCohort(mask.Length);
        var (positions, found, length, count) = (cohort._positions, cohort._words, 0, 0);
        Span<ulong> block = stackalloc ulong[BlockWords];
        for (var start = 0; start < mask.Length; start += BlockWords)
        {
            var words = block[..Math.Min(BlockWords, mask.Length - start)];
            mask.Slice(start, words.Length).CopyTo(words);
            for (var i = 0; i < operands.Count; i++)
            {
                Narrow(words, operands[i], start);
            }

            // No branch: a word of zero is overwritten by the next.
            for (var i = 0; i < words.Length; i++)
            {
                var word = words[i];
                positions[length] = start + i;
                found[length] = word;
                length += word == 0 ? 0 : 1;
                count += BitOperations.PopCount(word);
            }
        }

        (cohort._length, cohort.Count) = (length, count);
        return cohort;
    }

    /// <summary>The members who also satisfy every operand.</summary>
    public CountedCohort Where(ReadOnlySpan<Operand> operands)
    {
        var narrowed = new CountedCohort(_length);
        var (positions, found, length, count) = (narrowed._positions, narrowed._words, 0, 0);
        for (var i = 0; i < _length; i++)
        {
            var (word, at) = (_words[i], _positions[i]);
            foreach (var operand in operands)
            {
                word &= operand.Words[at] ^ operand.Flip;
            }

            positions[length] = at;
            found[length] = word;
            length += word == 0 ? 0 : 1;
            count += BitOperations.PopCount(word);
        }

        (narrowed._length, narrowed.Count) = (length, count);
        return narrowed;
    }

    /// <summary>How many members satisfy every operand, of which there are one or two.</summary>
    public int CountWhere(ReadOnlySpan<Operand> operands) =>
        operands is [var one] ? CountWhere(one, one)
        : operands is [var first, var second] ? CountWhere(first, second)
        : throw new ArgumentException("A category is one or two operands.", nameof(operands));

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_positions);
        ArrayPool<ulong>.Shared.Return(_words);
    }

    private int CountWhere(Operand first, Operand second)
    {
        var positions = _positions.AsSpan(0, _length);
        var words = _words.AsSpan(0, positions.Length);
        var (a, b, flipA, flipB) = (first.Words, second.Words, first.Flip, second.Flip);
        var count = 0;
        for (var i = 0; i < positions.Length; i++)
        {
            var at = positions[i];
            count += BitOperations.PopCount(words[i] & (a[at] ^ flipA) & (b[at] ^ flipB));
        }

        return count;
    }

    private static void Narrow(Span<ulong> words, Operand operand, int start)
    {
        var other = operand.Words.AsSpan(start, words.Length);
        if (operand.Negated)
        {
            Bitmap.AndNot(words, other);
        }
        else
        {
            Bitmap.And(words, other);
        }
    }
}
