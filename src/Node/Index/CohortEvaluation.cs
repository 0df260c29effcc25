using System.Buffers;
using Kakehashi.Adapters;
using Kakehashi.Cohorts;

namespace Kakehashi.Node.Index;

/// <summary>
/// Turns a cohort definition into bitmaps of one index: a conjunction becomes a list of operands for one pass, anything
/// else a rented bitmap. Rented bitmaps go back at Dispose. <c>not</c> is the complement: it keeps who does not fulfil the
/// inner criterion, among them who has no value for it.
/// </summary>
public sealed class CohortEvaluation(CohortIndex index) : IDisposable
{
    private readonly List<ulong[]> _rented = [];
    private readonly int _length = ParticipantSet.WordsFor(index.Participants);

    /// <summary>What a participant must satisfy, to be cut with a mask of real participants.</summary>
    public Operand[] OperandsOf(Criterion criterion)
    {
        var operands = new List<Operand>();
        Conjoin(criterion, operands);
        return [.. operands];
    }

    public void Dispose()
    {
        _rented.ForEach(words => ArrayPool<ulong>.Shared.Return(words));
        _rented.Clear();
    }

    private void Conjoin(Criterion criterion, List<Operand> operands)
    {
        switch (criterion)
        {
            case All all:
                foreach (var member in all.Members)
                {
                    Conjoin(member, operands);
                }

                break;
            case AgeIn age:
                // Two bitmaps for any range; the outermost one keeps out who has no age.
                var last = index.YoungerThan.Length - 1;
                operands.Add(new(index.YoungerThan[Math.Min(age.To, last)], Negated: false));
                operands.Add(new(index.YoungerThan[Math.Min(age.From, last)], Negated: true));
                break;
            case Not not:
                var inner = OperandsOf(not.Inner);
                operands.Add(inner.Length == 1
                    ? inner[0] with { Negated = !inner[0].Negated }
                    : new(Materialise(inner), Negated: true));
                break;
            case Any any:
                operands.Add(new(Union(any), Negated: false));
                break;
            default:
                operands.Add(new(WordsOf(criterion), Negated: false));
                break;
        }
    }

    private ulong[] WordsOf(Criterion leaf) => leaf switch
    {
        SexIs sex => OfTerm(new(VariableKind.Sex, sex.Sex)),
        HasCondition condition => OfTerm(new(VariableKind.Condition, condition.Code)),
        HasDrug drug => OfTerm(new(VariableKind.Drug, drug.Code)),
        HasBiosample biosample => OfTerm(new(VariableKind.Biosample, biosample.Type)),
        HasData data => OfTerm(new(VariableKind.Data, data.Type)),
        AttributeIs attribute => OfTerm(new(VariableKind.Attribute, $"{attribute.Name}={attribute.Value}")),
        HasMeasurement measured => OfIds(Measured(measured)),
        EnrolledIn enrolled => OfIds(index.Enrolled.Between(enrolled.From?.DayNumber, enrolled.To?.DayNumber)),
        _ => Rent(), // a variable no adapter holds; coverage has said so before
    };

    /// <summary>Bounds are converted to the column's unit; coverage has refused units that cannot be.</summary>
    private ReadOnlySpan<int> Measured(HasMeasurement leaf) =>
        index.Measurements.TryGetValue(leaf.Code, out var column) && index.UnitFor(leaf) is { } unit
            ? column.Between(leaf.From is { } from ? unit.Apply(from) : null, leaf.To is { } to ? unit.Apply(to) : null)
            : [];

    private ulong[] OfTerm(Term term)
    {
        var set = index.Sets.GetValueOrDefault(term);
        if (set?.Words is { } words)
        {
            return words;
        }

        var rented = Rent();
        set?.OrInto(rented.AsSpan(0, _length));
        return rented;
    }

    private ulong[] OfIds(ReadOnlySpan<int> ids)
    {
        var words = Rent();
        foreach (var id in ids)
        {
            words[id >> 6] |= 1UL << id;
        }

        return words;
    }

    private ulong[] Union(Any any)
    {
        var union = Rent();
        foreach (var member in any.Members)
        {
            var operands = OperandsOf(member);
            Bitmap.Or(union.AsSpan(0, _length), operands is [{ Negated: false }] ? operands[0].Words : Materialise(operands));
        }

        return union;
    }

    private ulong[] Materialise(ReadOnlySpan<Operand> operands)
    {
        var words = Rent();
        var span = words.AsSpan(0, _length);
        span.Fill(ulong.MaxValue);
        foreach (var operand in operands)
        {
            if (operand.Negated)
            {
                Bitmap.AndNot(span, operand.Words);
            }
            else
            {
                Bitmap.And(span, operand.Words);
            }
        }

        return words;
    }

    private ulong[] Rent()
    {
        var words = ArrayPool<ulong>.Shared.Rent(_length);
        Array.Clear(words, 0, _length);
        _rented.Add(words);
        return words;
    }
}
