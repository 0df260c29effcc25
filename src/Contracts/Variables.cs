using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>What a node says about its biobank: <c>GET /description</c>.</summary>
/// <param name="Node">The biobank's slug.</param>
/// <param name="Name">Name in English.</param>
/// <param name="NameJa">Name in Japanese.</param>
/// <param name="Participants">Participants held, protected.</param>
/// <param name="Datasets">The datasets and their terms of use.</param>
/// <param name="CodeSystems">Code systems the biobank's conditions and measurements use, e.g. ICD10, LOINC.</param>
/// <param name="Disclosure">Name of the disclosure preset in force.</param>
/// <param name="DataDate">The day the data describe.</param>
/// <param name="LoadedAt">When the node read the data.</param>
/// <param name="SnapshotId">Changes when the data change; lets a reader skip an unchanged catalogue.</param>
public sealed record NodeDescription(
    [property: JsonRequired] string Node,
    [property: JsonRequired] string Name,
    [property: JsonRequired] string NameJa,
    [property: JsonRequired] ProtectedCount Participants,
    [property: JsonRequired] IReadOnlyList<DatasetDescription> Datasets,
    [property: JsonRequired] IReadOnlyList<string> CodeSystems,
    [property: JsonRequired] string Disclosure,
    [property: JsonRequired] DateOnly DataDate,
    [property: JsonRequired] DateTimeOffset LoadedAt,
    [property: JsonRequired] string SnapshotId);

/// <summary>A dataset: data under one set of terms.</summary>
/// <param name="Id">Slug, unique in its biobank.</param>
/// <param name="Terms">DUO terms; a disease-specific term names its disease after a space: <c>DUO:0000007 ICD10:F00</c>.</param>
/// <param name="Participants">Participants in it, protected.</param>
public sealed record DatasetDescription(
    [property: JsonRequired] string Id,
    [property: JsonRequired] IReadOnlyList<string> Terms,
    [property: JsonRequired] ProtectedCount Participants);

/// <summary>One variable of a biobank: <c>GET /variables</c> answers a list of them. Every number is protected.</summary>
/// <param name="Kind">sex, age, condition, drug, measurement, biosample, data, attribute or enrolled: the leaf of the cohort language.</param>
/// <param name="Code">CURIE, type of a biosample or data asset, <c>name=value</c> of an attribute; sex: female, male…; null for age and enrolled.</param>
/// <param name="Label">Name of the code in English, or null.</param>
/// <param name="LabelJa">Name of the code in Japanese, or null.</param>
/// <param name="Count">Participants who have it.</param>
/// <param name="Missingness">Share of participants without a value, 0 to 1 in steps of 0.01; null where absence means no.</param>
/// <param name="From">Lower end of the middle 98 % of values; null unless measured.</param>
/// <param name="To">Upper end of the middle 98 % of values; null unless measured.</param>
/// <param name="Unit">UCUM unit of a measurement; null otherwise.</param>
public sealed record Variable(
    [property: JsonRequired] string Kind,
    string? Code,
    string? Label,
    string? LabelJa,
    [property: JsonRequired] ProtectedCount Count,
    double? Missingness = null,
    double? From = null,
    double? To = null,
    string? Unit = null);
