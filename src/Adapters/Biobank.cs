using System.Diagnostics;
using Kakehashi.Adapters.Csv;
using Kakehashi.Adapters.Omop;

namespace Kakehashi.Adapters;

/// <summary>A biobank as its configuration describes it.</summary>
/// <param name="Id">Slug.</param>
/// <param name="Name">Name in English.</param>
/// <param name="NameJa">Name in Japanese.</param>
/// <param name="DataDate">The day the data describe; ages are whole years on it.</param>
/// <param name="Model">Data model: csv or omop.</param>
/// <param name="Disclosure">What the biobank asks of disclosure control.</param>
/// <param name="Datasets">Its datasets and their terms of use; at least one.</param>
public sealed record Biobank(
    string Id,
    string Name,
    string NameJa,
    DateOnly DataDate,
    string Model,
    DisclosureWish Disclosure,
    IReadOnlyList<BiobankDataset> Datasets)
{
    /// <summary>
    /// The URL the biobank is known by in visas; its datasets are named below it. Null: its place on the platform.
    /// </summary>
    public string? Url { get; init; }

    /// <summary>The adapter's own section.</summary>
    internal object? Mapping { get; init; }

    /// <summary>An adapter that reads this biobank's data. Opening reads nothing yet.</summary>
    public IBiobankAdapter OpenAdapter() => Mapping switch
    {
        CsvMapping csv => new CsvAdapter(this, csv),
        OmopMapping omop => new OmopAdapter(this, omop),
        _ => throw new UnreachableException(),
    };
}

/// <summary>A preset of the node's disclosure control by name; threshold and rounding, where given, may only be stricter.</summary>
public sealed record DisclosureWish(string Preset, int? Threshold, int? Rounding);

/// <summary>A dataset: data under one set of terms.</summary>
/// <param name="Id">Slug, unique in the biobank.</param>
/// <param name="Terms">DUO terms; a disease-specific term names its disease after a space: <c>DUO:0000007 ICD10:F00</c>.</param>
public sealed record BiobankDataset(string Id, IReadOnlyList<string> Terms);
