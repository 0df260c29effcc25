namespace Kakehashi.Adapters;

/// <summary>A reason why a row or cell is not used: its stable code, and what is expected instead. Never a value.</summary>
internal sealed record Fault(string Code, string Text)
{
    public static readonly Fault RowLength = new("adapter.row-length", "the row has another number of cells than the header");
    public static readonly Fault QuotesBroken = new("adapter.quotes-broken", "a quote is never closed, or text follows a closing quote");
    public static readonly Fault Undecodable = new("adapter.undecodable", "the line has bytes that are not in the file's encoding");
    public static readonly Fault IdMissing = new("adapter.id-missing", "the row names no participant");
    public static readonly Fault ParticipantRepeated = new("adapter.participant-repeated", "the participant was given by an earlier row");
    public static readonly Fault ParticipantUnknown = new("adapter.participant-unknown", "no row of participants has this id");
    public static readonly Fault DatasetUnknown = new("adapter.dataset-unknown", "the row belongs to none of the biobank's datasets");
    public static readonly Fault ValueUnknown = new("adapter.value-unknown", "the value has no meaning in the mapping");
    public static readonly Fault SexUnknown = new("adapter.value-unknown", "sex must be female, male, other or unknown; map other values");
    public static readonly Fault PermissionUnknown = new("adapter.permission-unknown", $"a permission must be one of {CodeSystems.Permission.Allowed}");
    public static readonly Fault CodeInvalid = new("adapter.code-invalid", "the cell cannot be a code of its code system");
    public static readonly Fault CodeUnlisted = new("adapter.code-unlisted", "the measurement is not in the biobank's codes, so its unit is unknown");
    public static readonly Fault CodeRepeated = new("adapter.code-repeated", "the code was listed before");
    public static readonly Fault KindUnknown = new("adapter.kind-unknown", $"kind must be one of {CodeSystems.Codes.AllKinds}");
    public static readonly Fault NotANumber = new("adapter.not-a-number", "a number is expected, such as 12.5");
    public static readonly Fault NotADate = new("adapter.not-a-date", "a date in the file's format is expected");
    public static readonly Fault AgeOutOfRange = new("adapter.age-out-of-range", "the age on the data date must be 0 to 129 years");
    public static readonly Fault DateInFuture = new("adapter.date-in-future", "the day is after the data date");
    public static readonly Fault UnitMissing = new("adapter.unit-missing", "the value has no unit");
    public static readonly Fault UnitUnknown = new("adapter.unit-unknown", "the unit cannot be converted to the measurement's unit");
    public static readonly Fault OutOfBounds = new("adapter.out-of-bounds", "the value is outside the plausible range of the measurement");
    public static readonly Fault TooManyValues = new("adapter.too-many-values", "an attribute has at most 1000 different values; this column is no category");
    public static readonly Fault JoinMissing = new("adapter.join-missing", "the joined file has no row for this key");
    public static readonly Fault JoinRepeated = new("adapter.join-repeated", "an earlier row of the joined file has the same key");
    public static readonly Fault JoinUnused = new("adapter.join-unused", "no row refers to this row of the joined file");
    public static readonly Fault ColumnEmpty = new("adapter.column-empty", "the column is mapped, but empty (or a missing-value mark) in every row");
    public static readonly Fault ColumnConstant = new("adapter.column-constant", "the column holds one and the same value in every row");

    public static readonly Fault ConceptNone = new("adapter.concept-none", "the row has no standard concept (concept_id 0 or NULL)");
    public static readonly Fault SpecimenUnknown = new("adapter.value-unknown", "no biosample type is configured for the row's specimen concept");
    public static readonly Fault ValueMissing = new("adapter.value-missing", "the row has no number; measurements without a number are not read");

    public static readonly Fault AncestorUnknown = new("adapter.ancestor-unknown", "the ancestor is not in concept, so nobody can ask for it");

    public static Fault TableAbsent(string what) => new("adapter.table-absent", $"the database does not have the table, so {what} are not held");

    public static Fault NeverSeen(string mapped) => new("adapter.value-never-seen", $"mapped, but in no row: {mapped}");
}
