using System.Globalization;
using System.Text.Json;
using Kakehashi.Cohorts.Codes;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Builds a variant leaf: by dbSNP id, or by position and alleles on GRCh38; never both.</summary>
internal sealed class VariantReader(Faults faults)
{
    private static readonly string[] Members = ["rs", "position", "ref", "alt", "genotype"];
    private static readonly string[] Genotypes = ["any", "het", "hom"];
    private const string BothForms = "'rs', or 'position' with 'ref' and 'alt'";

    public Leaf? Read(JsonElement value, Place at)
    {
        if (ClosedObject.Read(value, at, Members, faults) is not { } members)
        {
            return null;
        }

        var genotype = members.TryGetValue("genotype", out var g) ? GenotypeOf(g, at.At("genotype")) : Genotype.Any;
        var isById = members.TryGetValue("rs", out var id);
        var isByPosition = members.ContainsKey("position") || members.ContainsKey("ref") || members.ContainsKey("alt");
        switch (isById, isByPosition)
        {
            case (true, true):
                faults.Add(FaultCodes.ConflictingMembers, at, "A variant is named by its id or by its position, not by both.", BothForms);
                return null;
            case (false, false):
                faults.Add(FaultCodes.MissingMember, at, "The variant is not named.", BothForms);
                return null;
            case (true, _):
                var rs = Scalars.Matching(id, at.At("rs"), Patterns.RsId(), FaultCodes.MalformedVariant, "a dbSNP id such as rs671", faults);
                return rs is null ? null : new HasVariant(rs, genotype);
            default:
                return AtPosition(members, at, genotype);
        }
    }

    private HasVariantAt? AtPosition(Dictionary<string, JsonElement> members, Place at, Genotype genotype)
    {
        var locus = ClosedObject.Required(members, "position", at, faults) is { } p ? Locus(p, at.At("position")) : null;
        var reference = Allele(members, "ref", at);
        var alternate = Allele(members, "alt", at);
        if (reference is not null && reference == alternate)
        {
            faults.Add(FaultCodes.MalformedVariant, at.At("alt"), "The alternate allele is the reference allele.", "an allele other than 'ref'");
        }

        return locus is var (chromosome, position) && reference is not null && alternate is not null
            ? new(chromosome, position, reference, alternate, genotype)
            : null;
    }

    private (string Chromosome, int Position)? Locus(JsonElement value, Place at)
    {
        const string Allowed = "chromosome (1 to 22, X, Y or MT) and position on GRCh38, such as 12:111803962";
        var text = Scalars.Matching(value, at, Patterns.Position(), FaultCodes.MalformedVariant, Allowed, faults);
        if (text is null)
        {
            return null;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var chromosome = text[..colon];
        var position = int.Parse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        var length = Chromosomes.LengthOf(chromosome);
        if (position > length)
        {
            faults.Add(FaultCodes.OutOfRange, at, $"Chromosome {chromosome} of GRCh38 ends before this position.", $"a position from 1 to {length}");
            return null;
        }

        return (chromosome, position);
    }

    private string? Allele(Dictionary<string, JsonElement> members, string name, Place at) =>
        ClosedObject.Required(members, name, at, faults) is { } value
            ? Scalars.Matching(value, at.At(name), Patterns.Allele(), FaultCodes.MalformedVariant, "bases as A, C, G and T", faults, Bounds.TextLength)
            : null;

    private Genotype GenotypeOf(JsonElement value, Place at) => Scalars.Word(value, at, Genotypes, faults) switch
    {
        "het" => Genotype.Het,
        "hom" => Genotype.Hom,
        _ => Genotype.Any,
    };
}
