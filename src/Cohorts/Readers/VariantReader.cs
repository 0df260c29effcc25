using System.Globalization;
using Kakehashi.Cohorts.Codes;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Builds a variant leaf: by dbSNP id, or by position and alleles on GRCh38; never both.</summary>
internal static class VariantReader
{
    private const string BothForms = "'rs', or 'position' with 'ref' and 'alt'";
    private const string IdForm = "a dbSNP id such as rs671";
    private const string AlleleForm = "bases as A, C, G and T";
    private const string PositionForm =
        "chromosome (1 to 22, X, Y or MT) and position on GRCh38, such as 12:111803962";

    private static readonly string[] Allowed = ["rs", "position", "ref", "alt", "genotype"];
    private static readonly string[] Genotypes = ["any", "het", "hom"];

    public static Leaf? Read(Written variant)
    {
        if (Members.Of(variant, Allowed) is not { } members)
        {
            return null;
        }

        var genotype = members.Optional("genotype") is { } word ? GenotypeOf(word) : Genotype.Any;
        var isByPosition = members.Optional("position") is not null
            || members.Optional("ref") is not null || members.Optional("alt") is not null;
        switch (members.Optional("rs"), isByPosition)
        {
            case (not null, true):
                variant.Fault(FaultCodes.ConflictingMembers, "A variant has one name: id or position.", BothForms);
                return null;
            case (null, false):
                variant.Fault(FaultCodes.MissingMember, "The variant is not named.", BothForms);
                return null;
            case ({ } id, _):
                var rs = Texts.Matching(id, Patterns.RsId(), FaultCodes.MalformedVariant, IdForm);
                return rs is null ? null : new HasVariant(rs, genotype);
            default:
                return AtPosition(members, genotype);
        }
    }

    private static HasVariantAt? AtPosition(Members members, Genotype genotype)
    {
        var locus = members.Required("position") is { } position ? Locus(position) : null;
        var reference = members.Required("ref") is { } r ? Allele(r) : null;
        var alternate = members.Required("alt") is { } a ? Allele(a) : null;
        if (reference is not null && reference == alternate)
        {
            members.Optional("alt")?.Fault(
                FaultCodes.MalformedVariant, "The alternate allele is the reference.", "an allele other than 'ref'");
        }

        return locus is var (chromosome, at) && reference is not null && alternate is not null
            ? new(chromosome, at, reference, alternate, genotype)
            : null;
    }

    private static (string Chromosome, int Position)? Locus(Written value)
    {
        var text = Texts.Matching(value, Patterns.Position(), FaultCodes.MalformedVariant, PositionForm);
        if (text?.Split(':') is not [var chromosome, var digits])
        {
            return null;
        }

        var position = int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        var length = Chromosomes.LengthOf(chromosome);
        if (position <= length)
        {
            return (chromosome, position);
        }

        value.Fault(
            FaultCodes.OutOfRange,
            $"Chromosome {chromosome} of GRCh38 ends before this position.",
            $"a position from 1 to {length}");
        return null;
    }

    private static string? Allele(Written value) =>
        Texts.Matching(value, Patterns.Allele(), FaultCodes.MalformedVariant, AlleleForm, Bounds.TextLength);

    private static Genotype GenotypeOf(Written value) => Texts.Word(value, Genotypes) switch
    {
        "het" => Genotype.Het,
        "hom" => Genotype.Hom,
        _ => Genotype.Any,
    };
}
