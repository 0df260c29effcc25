namespace Kakehashi.Seeds;

/// <summary>One of the five synthetic biobanks: who it stands for, and how large it is at scale 1.</summary>
/// <param name="Id">Slug, and name of its folder.</param>
/// <param name="Name">Name in English.</param>
/// <param name="NameJa">Name in Japanese.</param>
/// <param name="Participants">Participants at scale 1.</param>
/// <param name="About">What kind of biobank it is.</param>
public sealed record DemoBiobank(string Id, string Name, string NameJa, int Participants, string About)
{
    /// <summary>How many participants the biobank has at a scale.</summary>
    public int SizeAt(double scale) => Scaled(Participants, scale);

    internal static int Scaled(int atScaleOne, double scale) => (int)((atScaleOne * scale) + 0.5);
}

/// <summary>How far the generator is, counted in participants over all five biobanks.</summary>
/// <param name="Biobank">Slug of the biobank being written.</param>
/// <param name="Done">Participants written so far.</param>
/// <param name="Total">Participants to write.</param>
public readonly record struct DemoProgress(string Biobank, long Done, long Total);
