namespace Kakehashi.Seeds;

/// <summary>What a draw decides. Numbers may be added, never changed: every drawn value depends on them.</summary>
internal enum Topic
{
    Cell = 1,
    BirthDay,
    FamilyName,
    GivenName,
    Home,
    Address,
    Frailty,
    Metabolism,
    Clusters,
    Insurance,
    Telephone,

    Dataset = 101,
    Enrolled,
    Moved,
    NewHome,
    NewAddress,
    Target,
    Consent,
    ConsentExtras,
    ConsentDisease,
    Smoking,
    Alcohol,
    Biosamples,
    Assets,
    Measurements,

    Conditions = 1001,
    Parts,
}

/// <summary>
/// Counter-based randomness (the SplitMix64 finaliser): what is drawn depends on the key and the topic alone, so any
/// person can be drawn at any time, in any order, by any thread. Integer arithmetic only.
/// </summary>
internal readonly record struct Draws(ulong Key)
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    public static Draws Of(ulong seed, long counter) => new(Mix(Mix(seed) + ((ulong)counter * Golden)));

    public Draws For(Topic topic, uint item = 0) => new(Bits(topic, item));

    public ulong Bits(Topic topic, uint item = 0) => Mix(Key + ((((ulong)item << 16) + (ulong)topic) * Golden));

    /// <summary>A number in [0, 2³²), to compare with a threshold of that range.</summary>
    public uint Roll(Topic topic, uint item = 0) => (uint)(Bits(topic, item) >> 32);

    /// <summary>A number in [0, n).</summary>
    public int Below(int n, Topic topic, uint item = 0) => (int)((Roll(topic, item) * (ulong)n) >> 32);

    public bool Chance(int perMille, Topic topic, uint item = 0) => Below(1000, topic, item) < perMille;

    /// <summary>Nearly normal with mean 0 and deviation 1: the sum of four uniform 16-bit numbers.</summary>
    public double Normal(Topic topic, uint item = 0)
    {
        const double Mean = 4 * 65535 / 2.0;
        const double Deviation = 37837.2;
        var bits = Bits(topic, item);
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        return (sum - Mean) / Deviation;
    }

    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
