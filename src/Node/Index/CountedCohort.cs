using System.Numerics;

namespace Kakehashi.Node.Index;

/// <summary>One bitmap of a conjunction, or its complement.</summary>
public readonly record struct Operand(ulong[] Words, bool Negated);

/// <summary>
/// The members of a cohort as the non-zero words of its bitmap: small for a selective question, so that a breakdown reads
/// only what matters.
/// </summary>
public sealed class CountedCohort
{
    private const int BlockWords = 512; // one block and its operands stay in the first-level cache

    private readonly List<int> _positions = [];
    private readonly List<ulong> _words = [];

    private CountedCohort()
    {
    }

    public int Count { get; private set; }

    /// <summary>One pass: everyone in <paramref name="mask"/> who satisfies every operand.</summary>
    public static CountedCohort Of(ReadOnlySpan<ulong> mask, IReadOnlyList<Operand> operands)
    {
        var cohort = new CountedCohort();
        Span<ulong> block = stackalloc ulong[BlockWords];
        for (var start = 0; start < mask.Length; start += BlockWords)
        {
            var length = Math.Min(BlockWords, mask.Length - start);
            var words = block[..length];
            mask.Slice(start, length).CopyTo(words);
            for (var i = 0; i < operands.Count; i++)
            {
                Narrow(words, operands[i], start);
            }

            cohort.Add(words, start);
        }

        return cohort;
    }

    /// <summary>The members who also satisfy every operand.</summary>
    public CountedCohort Where(params ReadOnlySpan<Operand> operands)
    {
        var narrowed = new CountedCohort();
        for (var i = 0; i < _words.Count; i++)
        {
            narrowed.Add(Narrowed(i, operands), _positions[i]);
        }

        return narrowed;
    }

    /// <summary>How many members satisfy every operand.</summary>
    public int CountWhere(params ReadOnlySpan<Operand> operands)
    {
        var count = 0;
        for (var i = 0; i < _words.Count; i++)
        {
            count += BitOperations.PopCount(Narrowed(i, operands));
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

    private ulong Narrowed(int i, ReadOnlySpan<Operand> operands)
    {
        var word = _words[i];
        foreach (var operand in operands)
        {
            var other = operand.Words[_positions[i]];
            word &= operand.Negated ? ~other : other;
        }

        return word;
    }

    private void Add(ReadOnlySpan<ulong> words, int start)
    {
        for (var i = 0; i < words.Length; i++)
        {
            Add(words[i], start + i);
        }
    }

    private void Add(ulong word, int position)
    {
        if (word != 0)
        {
            _positions.Add(position);
            _words.Add(word);
            Count += BitOperations.PopCount(word);
        }
    }
}
