using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Kakehashi.Contracts;

namespace Kakehashi.Consent;

/// <summary>Settings of the Consent service, section <c>Consent</c>.</summary>
public sealed partial class ConsentOptions : IValidatableObject
{
    private const int LongestUrl = 200;

    /// <summary>Where nodes are reached: the Gateway's private side, e.g. http://gateway:5601/nodes/.</summary>
    [Required]
    public Uri? NodesUrl { get; set; }

    /// <summary>Slugs of the biobanks whose participants' consents are kept here.</summary>
    [Required, MinLength(1)]
    public IList<string> Biobanks { get; } = [];

    /// <summary>
    /// URLs that biobanks are known by in visas, by slug: the <c>url</c> of those whose configuration has one. The others have
    /// their place below the platform's issuer.
    /// </summary>
    public IDictionary<string, string> BiobankUrls { get; } = new Dictionary<string, string>();

    /// <summary>Longest silence towards a node that is up to date. A node that hears nothing for 5 s stops answering.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:00:01")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(0.9);

    /// <summary>How long a node may take to acknowledge a batch before it counts as away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest pause between attempts while a node is away.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:00:30")]
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a withdrawal waits for the node before it is answered as recorded, not yet effective.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:30")]
    public TimeSpan AcknowledgementWait { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Changes sent at once.</summary>
    [Range(1, 1000)]
    public int BatchSize { get; set; } = 1000;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (NodesUrl is not { IsAbsoluteUri: true })
        {
            yield return new("Consent:NodesUrl must be an absolute URL.", [nameof(NodesUrl)]);
        }

        foreach (var biobank in Biobanks.Where(b => !Slug().IsMatch(b)))
        {
            yield return new($"Consent:Biobanks: '{biobank}' is not a slug such as 'bbj'.", [nameof(Biobanks)]);
        }

        foreach (var (biobank, url) in BiobankUrls)
        {
            if (!Biobanks.Contains(biobank) || !Uri.TryCreate(url, UriKind.Absolute, out _) || url.EndsWith('/') || url.Length > LongestUrl)
            {
                yield return new(
                    $"Consent:BiobankUrls:{biobank} must be a URL of at most {LongestUrl} characters without a slash at its end, for one of Consent:Biobanks.",
                    [nameof(BiobankUrls)]);
            }
        }
    }

    internal string UrlOf(string biobank, string issuer) =>
        BiobankUrls.TryGetValue(biobank, out var url) ? url : VisaWords.Biobank(issuer, biobank);

    internal Uri NodeUrl(string biobank, string path) => new($"{NodesUrl!.AbsoluteUri.TrimEnd('/')}/{biobank}/{path}");

    [GeneratedRegex("^[a-z][a-z0-9-]{1,30}$")]
    private static partial Regex Slug();
}
