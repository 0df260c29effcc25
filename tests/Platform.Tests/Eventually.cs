namespace Kakehashi.Platform.Tests;

internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Looks until it is so and answers what was then seen; after a minute fails with what was seen last.</summary>
    public static async Task<T> SeesAsync<T>(Func<Task<T>> look, Func<T, bool> holds, CancellationToken ct)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var seen = await look();
            if (holds(seen))
            {
                return seen;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"It did not become so within a minute; last seen: {seen}");
            await Task.Delay(50, ct);
        }
    }

    public static Task IsAsync(Func<Task<bool>> holds, CancellationToken ct) => SeesAsync(holds, seen => seen, ct);
}
