using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Profiles;

/// <summary>Everything in which one demo biobank differs from the others.</summary>
internal sealed record Profile
{
    /// <summary>Place in <see cref="All"/>.</summary>
    public required int Index { get; init; }

    public required DemoBiobank Biobank { get; init; }

    /// <summary>First letter of the biobank's own participant ids.</summary>
    public required char IdPrefix { get; init; }

    /// <summary>Who is enrolled, by age on the data date.</summary>
    public required Tilt Tilt { get; init; }

    public required IReadOnlyList<Dataset> Datasets { get; init; }

    /// <summary>Where participants live: <c>prefecture:weight …</c>; empty for all of Japan.</summary>
    public required string Homes { get; init; }

    /// <summary>Enrols residents of its places only: whoever lived elsewhere has moved there.</summary>
    public bool ResidentsOnly { get; init; }

    /// <summary>Who decides where a person lives who is in several biobanks: the most local one, which has the highest number.</summary>
    public required int Locality { get; init; }

    /// <summary>Conditions recorded per participant, on average; how thoroughly the biobank records them follows from it.</summary>
    public required double MeanConditions { get; init; }

    /// <summary>Clusters of conditions recorded more or less often than elsewhere, as a factor on the odds.</summary>
    public IReadOnlyDictionary<string, double> Emphasis { get; init; } = new Dictionary<string, double>();

    public required IReadOnlyList<Kept> Biosamples { get; init; }

    public required IReadOnlyList<Kept> Assets { get; init; }

    /// <summary>Share of participants with each measurement, per mille.</summary>
    public required IReadOnlyDictionary<string, int> Measured { get; init; }

    public required ConsentLaw Consents { get; init; }

    public static IReadOnlyList<Profile> All { get; } = [Bbj.Profile, Tommo.Profile, Ncbn.Profile, Jmicc.Profile, Dementia.Profile];

    public static Profile Of(string id) => All.Single(p => p.Biobank.Id == id);
}

/// <summary>Data under one set of terms, and who belongs to it.</summary>
/// <param name="Id">Slug.</param>
/// <param name="Terms">DUO terms.</param>
/// <param name="From">First day of enrolment.</param>
/// <param name="To">Day after the last one.</param>
/// <param name="Share">Weight against the biobank's other datasets, by sex and age on the data date.</param>
internal sealed record Dataset(string Id, IReadOnlyList<string> Terms, DateOnly From, DateOnly To, Tilt Share)
{
    /// <summary>Youngest whole years of age on the day of enrolment.</summary>
    public int Youngest { get; init; }

    /// <summary>Oldest whole years of age on the day of enrolment.</summary>
    public int Oldest { get; init; } = AgeLaw.Ages;

    /// <summary>Diseases a participant is enrolled for (at least one of them each), with relative frequency; empty for population cohorts.</summary>
    public IReadOnlyList<(string Code, double Weight)> Targets { get; init; } = [];
}

/// <summary>A type of biosample or data asset, and the share of participants who have it, per mille.</summary>
/// <param name="Type">Word, e.g. dna or wgs.</param>
/// <param name="PerMille">Share of participants in the age range.</param>
/// <param name="FromAge">Youngest age on the data date.</param>
/// <param name="ToAge">Oldest age on the data date, exclusive.</param>
internal sealed record Kept(string Type, int PerMille, int FromAge = 0, int ToAge = 200);

/// <summary>What participants permitted, per mille.</summary>
/// <param name="Nothing">Nothing recorded.</param>
/// <param name="General">General research use.</param>
/// <param name="Disease">Only research on the diseases below; the rest: health, medical or biomedical research.</param>
/// <param name="Diseases">Diseases, with relative frequency.</param>
internal sealed record ConsentLaw(int Nothing, int General, int Disease, IReadOnlyList<(string Curies, double Weight)> Diseases)
{
    public int Commercial { get; init; } = 750;

    public int Abroad { get; init; } = 650;

    public int Recontact { get; init; } = 700;

    /// <summary>Population origins or ancestry research besides, of those with more than a disease.</summary>
    public int Ancestry { get; init; } = 400;

    /// <summary>Development of methods besides, of those with more than a disease.</summary>
    public int Methods { get; init; } = 650;
}
