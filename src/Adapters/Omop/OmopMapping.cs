using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Omop;

/// <summary>Where an OMOP CDM database is, and what the CDM itself does not say.</summary>
/// <param name="Connection">PostgreSQL connection string; its role needs no more than SELECT.</param>
/// <param name="Schema">Schema of the clinical tables.</param>
/// <param name="Vocabulary">Schema of concept and concept_ancestor.</param>
/// <param name="Conditions">Table preferred for conditions: condition_era or condition_occurrence.</param>
/// <param name="Drugs">Table preferred for drugs: drug_era or drug_exposure.</param>
/// <param name="ConceptIds">Codes can also be asked for as <c>OMOP:concept_id</c>.</param>
/// <param name="Dataset">The dataset everybody belongs to.</param>
/// <param name="Permissions">What everybody permits.</param>
/// <param name="Specimens">Biosample type for codes of specimens, beyond the usual ones.</param>
/// <param name="Tables">Tables or views of the biobank's own.</param>
/// <param name="Codes">Labels, units and bounds for codes.</param>
internal sealed record OmopMapping(
    string Connection,
    string Schema,
    string Vocabulary,
    string Conditions,
    string Drugs,
    bool ConceptIds,
    string Dataset,
    IReadOnlyList<string> Permissions,
    IReadOnlyDictionary<string, string?> Specimens,
    IReadOnlyList<OwnTable> Tables,
    IReadOnlyList<ListedCode> Codes);

/// <summary>A table or view with one row for each permission, biosample, data asset or attribute of a person.</summary>
/// <param name="Kind">Null for permissions.</param>
internal sealed record OwnTable(VariableKind? Kind, string Table, string Person, string Column, string? Attribute);
