namespace Kakehashi.Adapters;

/// <summary>
/// Reads a biobank's own data, with read-only rights, and pours it once into a sink. One adapter per data model; a biobank
/// is configuration of one of them.
/// </summary>
public interface IBiobankAdapter : IAsyncDisposable
{
    /// <summary>
    /// Reads everything: first its code lists, then participants, then facts about them. What is found only in the data
    /// (a code of no list, a variable that somebody has after all) is declared just before its first use.
    /// Rows that cannot be used are in the report, with file (or table), line (or key) and reason; they never stop the
    /// load and are never dropped silently. Throws <see cref="BiobankUnreadableException"/> when the source as a whole
    /// cannot be read.
    /// </summary>
    Task<LoadReport> ReadAsync(IBiobankSink sink, CancellationToken ct);
}

/// <summary>Where an adapter pours what it reads. Participant ids are the biobank's own and go no further than the sink.</summary>
public interface IBiobankSink
{
    /// <summary>
    /// The source holds this kind of variable; with a code system where codes are used (ICD10, SNOMED, LOINC…). Sex, age
    /// and enrolment are held once one participant has them: a column that is empty throughout holds nothing.
    /// </summary>
    void Holds(VariableKind kind, string? codeSystem);

    /// <summary>An entry of the source's code list: may be asked for even if no participant has it.</summary>
    void Code(CodeEntry entry);

    /// <summary>Everyone with <paramref name="descendant"/> also has <paramref name="ancestor"/> (transitive closure, codes as CURIEs).</summary>
    void Ancestor(string ancestor, string descendant);

    /// <summary>
    /// A participant; must come before any fact about them. False when the id was given before.
    /// </summary>
    /// <param name="id">The biobank's own id.</param>
    /// <param name="sex">Sex, or unknown.</param>
    /// <param name="age">Whole years on the data date, 0 to 129; null when unknown.</param>
    /// <param name="enrolled">Day of enrolment, or null.</param>
    /// <param name="dataset">Slug of the dataset the participant's data belong to.</param>
    bool Participant(ReadOnlySpan<char> id, Sex sex, int? age, DateOnly? enrolled, ReadOnlySpan<char> dataset);

    /// <summary>The participant permits this: GRU, HMB, POA, MDS, DS:CURIE, commercial, abroad or recontact. False for an unknown id.</summary>
    bool Permission(ReadOnlySpan<char> id, ReadOnlySpan<char> permission);

    /// <summary>The participant has or had the condition (CURIE). False for an unknown id.</summary>
    bool Condition(ReadOnlySpan<char> id, ReadOnlySpan<char> code);

    /// <summary>The participant took or was given the drug (CURIE). False for an unknown id.</summary>
    bool Drug(ReadOnlySpan<char> id, ReadOnlySpan<char> code);

    /// <summary>A value in the unit that <see cref="Code"/> declared for the measurement. False for an unknown id.</summary>
    bool Measurement(ReadOnlySpan<char> id, ReadOnlySpan<char> code, double value);

    /// <summary>The biobank keeps a biosample of this type (dna, plasma, serum, urine, tissue…). False for an unknown id.</summary>
    bool Biosample(ReadOnlySpan<char> id, ReadOnlySpan<char> type);

    /// <summary>The biobank keeps data of this type (wgs, snp-array, methylation, mri…). False for an unknown id.</summary>
    bool Data(ReadOnlySpan<char> id, ReadOnlySpan<char> type);

    /// <summary>A category of the biobank's own, such as population=JPT or smoking=never. False for an unknown id.</summary>
    bool Attribute(ReadOnlySpan<char> id, ReadOnlySpan<char> name, ReadOnlySpan<char> value);
}

/// <summary>Leaves of the cohort language that a source may hold.</summary>
public enum VariableKind
{
    Sex,
    Age,
    Enrolled,
    Condition,
    Drug,
    Measurement,
    Biosample,
    Data,
    Attribute,
}

/// <summary>Administrative sex.</summary>
public enum Sex
{
    Unknown,
    Female,
    Male,
    Other,
}

/// <summary>A code of a code list.</summary>
/// <param name="Kind">Condition, drug, measurement, biosample, data or attribute.</param>
/// <param name="Code">CURIE, type of a biosample or data asset, or <c>name=value</c> of an attribute.</param>
/// <param name="Label">Name in English, or null.</param>
/// <param name="LabelJa">Name in Japanese, or null.</param>
/// <param name="Unit">UCUM unit of a measurement, in which all its values are given; null otherwise.</param>
public sealed record CodeEntry(VariableKind Kind, string Code, string? Label, string? LabelJa, string? Unit = null);

/// <summary>The source as a whole cannot be read: a file or table is missing, a mapping names a column that is not there.</summary>
public sealed class BiobankUnreadableException : Exception
{
    public BiobankUnreadableException()
    {
    }

    public BiobankUnreadableException(string message)
        : base(message)
    {
    }

    public BiobankUnreadableException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>Stable problem code, e.g. <c>adapter.file-missing</c>.</summary>
    public string Code { get; init; } = "adapter.unreadable";
}
