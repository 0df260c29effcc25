namespace Kakehashi.Cohorts.Readers;

/// <summary>How large a definition may be. Everything past these is refused before work is spent on it.</summary>
internal static class Bounds
{
    public const int Bytes = 64 * 1024;
    public const int Depth = 16;
    public const int Leaves = 256;
    public const int Faults = 20;
    public const int NameLength = 64;
    public const int TextLength = 200;
    public const int UnitLength = 40;

    /// <summary>JSON containers in each other: a combinator and its list, or a leaf and its members.</summary>
    public const int JsonDepth = 2 * Depth;
}
