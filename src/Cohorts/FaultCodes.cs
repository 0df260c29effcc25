namespace Kakehashi.Cohorts;

/// <summary>Codes of everything that can be wrong with a cohort definition. They are part of the API.</summary>
public static class FaultCodes
{
    // The document: found before anything is read, reported alone.
    public const string TooLarge = "cohort.too-large";
    public const string ByteOrderMark = "cohort.byte-order-mark";
    public const string InvalidUtf8 = "cohort.invalid-utf8";
    public const string MalformedJson = "cohort.malformed-json";
    public const string Comment = "cohort.comment";
    public const string TrailingData = "cohort.trailing-data";
    public const string LoneSurrogate = "cohort.lone-surrogate";
    public const string TooDeep = "cohort.too-deep";

    // The structure.
    public const string TooManyLeaves = "cohort.too-many-leaves";
    public const string UnknownMember = "cohort.unknown-member";
    public const string DuplicateMember = "cohort.duplicate-member";
    public const string MissingMember = "cohort.missing-member";
    public const string ConflictingMembers = "cohort.conflicting-members";
    public const string EmptyCriterion = "cohort.empty-criterion";
    public const string SeveralKinds = "cohort.several-kinds";
    public const string EmptyList = "cohort.empty-list";
    public const string WrongType = "cohort.wrong-type";

    // Values.
    public const string EmptyText = "cohort.empty-text";
    public const string TooLong = "cohort.too-long";
    public const string ControlCharacter = "cohort.control-character";
    public const string UnknownValue = "cohort.unknown-value";
    public const string MalformedName = "cohort.malformed-name";
    public const string MalformedCode = "cohort.malformed-code";
    public const string UnknownCodeSystem = "cohort.unknown-code-system";
    public const string WrongCheckDigit = "cohort.wrong-check-digit";
    public const string MalformedUnit = "cohort.malformed-unit";
    public const string MissingUnit = "cohort.missing-unit";
    public const string MalformedDate = "cohort.malformed-date";
    public const string MalformedVariant = "cohort.malformed-variant";
    public const string NotFinite = "cohort.not-finite";
    public const string NotWhole = "cohort.not-whole";
    public const string OutOfRange = "cohort.out-of-range";
    public const string MissingRange = "cohort.missing-range";
    public const string EmptyRange = "cohort.empty-range";
    public const string ReversedRange = "cohort.reversed-range";
}
