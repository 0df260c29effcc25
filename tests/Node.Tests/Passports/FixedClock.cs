namespace Kakehashi.Node.Tests.Passports;

/// <summary>A clock that stands still.</summary>
internal sealed class FixedClock(long second) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(second);
}
