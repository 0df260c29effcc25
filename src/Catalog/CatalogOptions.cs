using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Kakehashi.Catalog;

/// <summary>Settings of the Catalog, section <c>Catalog</c>.</summary>
public sealed partial class CatalogOptions : IValidatableObject
{
    /// <summary>Where nodes are reached: the Gateway's private side, e.g. http://gateway:5601/nodes/.</summary>
    [Required]
    public Uri? NodesUrl { get; set; }

    /// <summary>Slugs of the biobanks that can be searched.</summary>
    [Required, MinLength(1)]
    public IList<string> Biobanks { get; } = [];

    /// <summary>How long a search waits for its slowest node.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:01:00")]
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often each node is asked whether its catalogue has changed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "01:00:00")]
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a node may take to hand over its catalogue.</summary>
    [Range(typeof(TimeSpan), "00:00:00.050", "00:10:00")]
    public TimeSpan RefreshTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The largest answer to a search taken from a node.</summary>
    [Range(1024, 64 << 20)]
    public int LargestAnswerBytes { get; set; } = 1 << 20;

    /// <summary>The largest catalogue taken from a node.</summary>
    [Range(1024, 1 << 30)]
    public int LargestCatalogueBytes { get; set; } = 64 << 20;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (NodesUrl is not { IsAbsoluteUri: true })
        {
            yield return new("Catalog:NodesUrl must be an absolute URL.", [nameof(NodesUrl)]);
        }

        foreach (var biobank in Biobanks.Where(b => !Slug().IsMatch(b)))
        {
            yield return new($"Catalog:Biobanks: '{biobank}' is not a slug such as 'bbj'.", [nameof(Biobanks)]);
        }

        if (Biobanks.Distinct().Count() != Biobanks.Count)
        {
            yield return new("Catalog:Biobanks names a biobank twice.", [nameof(Biobanks)]);
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{1,30}$")]
    private static partial Regex Slug();
}
