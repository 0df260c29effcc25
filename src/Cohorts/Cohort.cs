using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.Cohorts.Forms;
using Kakehashi.Cohorts.Readers;

namespace Kakehashi.Cohorts;

/// <summary>
/// A cohort definition: which participants a question is about. Checked, simplified without change of meaning, and
/// known by the hash of its canonical form, so that the same question has the same id wherever it is asked.
/// </summary>
public sealed class Cohort
{
    private Cohort(Criterion root, byte[] canonical)
    {
        Root = root;
        Canonical = canonical;
        Id = Convert.ToHexStringLower(SHA256.HashData(canonical));
        Leaves = [.. root.LeavesWithin().Select(leaf => leaf.Variable).Distinct().Order(StringComparer.Ordinal)];
    }

    /// <summary>What a participant must fulfil, simplified.</summary>
    public Criterion Root { get; }

    /// <summary>The RFC 8785 canonical form, UTF-8.</summary>
    public ReadOnlyMemory<byte> Canonical { get; }

    /// <summary>The cohort id: SHA-256 of <see cref="Canonical"/>, lower-case hex.</summary>
    public string Id { get; }

    /// <summary>The distinct variables the question touches, kind and code, without literals or ranges.</summary>
    public IReadOnlyList<string> Leaves { get; }

    /// <summary>Reads a definition. Input of any kind gives a cohort or faults, never an exception.</summary>
    public static ParsedCohort Parse(ReadOnlySpan<byte> utf8)
    {
        var faults = new Faults();
        if (!ByteRules.Check(utf8, faults))
        {
            return new(null, faults.Found);
        }

        var written = new CriterionReader().Read(new(JsonElement.Parse(utf8), Place.Root, faults));
        return written is null || faults.Found.Count > 0 ? new(null, faults.Found) : Simplified(written, faults);
    }

    /// <summary>Reads a definition that is part of another document; pointers start at the definition.</summary>
    public static ParsedCohort Parse(JsonElement definition) =>
        Parse(definition.ValueKind is JsonValueKind.Undefined ? [] : JsonMarshal.GetRawUtf8Value(definition));

    private static ParsedCohort Simplified(Criterion written, Faults faults)
    {
        var simple = SimplificationRules.Simplify(written);
        var canonical = Encoding.UTF8.GetBytes(simple.Text);

        // Canonical numbers can be longer than written ones (1e20); what this accepts, the next reader must accept too.
        if (canonical.Length > Bounds.Bytes)
        {
            faults.Add(FaultCodes.TooLarge, Place.Root, "The canonical form is too large.", ByteRules.SizeAllowed);
            return new(null, faults.Found);
        }

        return new(new Cohort(simple.Criterion, canonical), []);
    }
}

/// <summary>A cohort, or what is wrong with the definition.</summary>
public sealed record ParsedCohort(Cohort? Cohort, IReadOnlyList<CohortFault> Faults)
{
    [MemberNotNullWhen(true, nameof(Cohort))]
    public bool IsValid => Cohort is not null;
}
