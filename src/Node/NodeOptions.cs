using System.ComponentModel.DataAnnotations;

namespace Kakehashi.Node;

/// <summary>Settings of one node, section <c>Node</c>.</summary>
public sealed class NodeOptions
{
    public const string Section = "Node";

    /// <summary>The biobank's configuration file (biobank.yaml).</summary>
    [Required]
    public string Biobank { get; set; } = "";

    /// <summary>Where the node keeps its index snapshot, consent replica, ledger and reference key.</summary>
    [Required]
    public string DataDirectory { get; set; } = "";

    /// <summary>How long the node answers without word from the consent service.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConsentFreshness { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads the biobank anew after this time; the old index serves meanwhile.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan ReloadEvery { get; set; } = TimeSpan.FromDays(1);
}
