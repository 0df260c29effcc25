using System.Collections.Frozen;

namespace Kakehashi.Node.Disclosure;

/// <summary>How numbers are protected before they leave the node.</summary>
/// <param name="Name">The preset's name, shown with every answer.</param>
/// <param name="Threshold">Smallest number of participants that may be released.</param>
/// <param name="Rounding">Released numbers are multiples of this.</param>
public sealed record DisclosurePreset(string Name, int Threshold, int Rounding)
{
    /// <summary>What every node does at least.</summary>
    public static readonly DisclosurePreset Standard = new("standard", Threshold: 10, Rounding: 10);

    /// <summary>For sensitive cohorts, e.g. of a rare disease or a small region.</summary>
    public static readonly DisclosurePreset Strict = new("strict", Threshold: 20, Rounding: 20);

    /// <summary>For cohorts whose membership alone is sensitive.</summary>
    public static readonly DisclosurePreset Strictest = new("strictest", Threshold: 100, Rounding: 100);

    public static readonly FrozenDictionary<string, DisclosurePreset> ByName =
        new[] { Standard, Strict, Strictest }.ToFrozenDictionary(preset => preset.Name);

    /// <summary>The owner's own values on top of a preset. Null, or why they are refused: they may only be stricter.</summary>
    public static string? WhyNot(string name, int? threshold, int? rounding)
    {
        if (!ByName.TryGetValue(name, out var preset))
        {
            return $"There is no disclosure preset '{name}': choose one of {string.Join(", ", ByName.Keys.Order())}.";
        }

        return threshold < preset.Threshold || rounding < preset.Rounding || rounding % preset.Rounding is not (null or 0)
            ? $"Disclosure values may only be stricter than '{name}': threshold at least {preset.Threshold}, rounding a multiple of {preset.Rounding}."
            : null;
    }

    /// <summary>The preset with the owner's stricter values; call <see cref="WhyNot"/> first.</summary>
    public static DisclosurePreset Of(string name, int? threshold, int? rounding) =>
        WhyNot(name, threshold, rounding) is { } why
            ? throw new ArgumentException(why, nameof(name))
            : ByName[name] with { Threshold = threshold ?? ByName[name].Threshold, Rounding = rounding ?? ByName[name].Rounding };
}
