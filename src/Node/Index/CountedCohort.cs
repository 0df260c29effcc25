using System.Buffers;

namespace Kakehashi.Node.Index;

/// <summary>One bitmap of a conjunction, or its complement.</summary>
public readonly record struct Operand(ulong[] Words, bool Negated);

/// <summary>The members of a cohort as a bitmap, ready to be broken down. Rented; goes back at Dispose.</summary>
public sealed class CountedCohort : IDisposable
{
    private const int BlockWords = 512; // one block and its operands stay in the first-level cache

    private readonly ulong[] _words;
    private readonly int _length;

    private CountedCohort(ReadOnlySpan<ulong> members, ReadOnlySpan<Operand> operands)
    {
        _length = members.Length;
        _words = ArrayPool<ulong>.Shared.Rent(_length);
        Count = Pass(members, operands, _words);
    }

    public int Count { get; }

    /// <summary>One pass: everyone in <paramref name="mask"/> who satisfies every operand.</summary>
    public static CountedCohort Of(ReadOnlySpan<ulong> mask, ReadOnlySpan<Operand> operands) => new(mask, operands);

    /// <summary>The members who also satisfy every operand.</summary>
    public CountedCohort Where(ReadOnlySpan<Operand> operands) => new(_words.AsSpan(0, _length), operands);

    /// <summary>How many members satisfy every operand.</summary>
    public int CountWhere(ReadOnlySpan<Operand> operands) => Pass(_words.AsSpan(0, _length), operands, []);

    public void Dispose() => ArrayPool<ulong>.Shared.Return(_words);

    /// <summary>Counts who of the members satisfies every operand, block by block; keeps them where there is a target.</summary>
    private static int Pass(ReadOnlySpan<ulong> members, ReadOnlySpan<Operand> operands, Span<ulong> target)
    {
        Span<ulong> block = stackalloc ulong[BlockWords];
        var count = 0;
        for (var start = 0; start < members.Length; start += BlockWords)
        {
            var words = block[..Math.Min(BlockWords, members.Length - start)];
            members.Slice(start, words.Length).CopyTo(words);
            foreach (var operand in operands)
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

            count += Bitmap.Count(words);
            if (!target.IsEmpty)
            {
                words.CopyTo(target[start..]);
            }
        }

        return count;
    }
}
