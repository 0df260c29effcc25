namespace Kakehashi.Ledger;

/// <summary>The ledger takes no more entries, because a write failed or it is closed. Nobody may be answered without it.</summary>
public sealed class LedgerUnavailableException : Exception
{
    public LedgerUnavailableException()
    {
    }

    public LedgerUnavailableException(string message)
        : base(message)
    {
    }

    public LedgerUnavailableException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>What an acknowledged part of the file holds is not what was written. Nothing is repaired: a person has to look.</summary>
public sealed class LedgerCorruptException : Exception
{
    public LedgerCorruptException()
    {
    }

    public LedgerCorruptException(string message)
        : base(message)
    {
    }

    public LedgerCorruptException(string message, Exception inner)
        : base(message, inner)
    {
    }

    internal LedgerCorruptException(string path, long index, long offset, string what)
        : this($"{path}: entry {index} at byte {offset}: {what}") =>
        (Index, Offset) = (index, offset);

    /// <summary>Index of the first entry that cannot be trusted.</summary>
    public long Index { get; }

    /// <summary>Where it starts in the file.</summary>
    public long Offset { get; }
}
