namespace Kakehashi.Consent.Tests;

internal static class Eventually
{
    /// <summary>Looks until it is so; fails the test when it does not become so in half a minute.</summary>
    public static async Task IsAsync(Func<Task<bool>> holds, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await holds())
        {
            await Task.Delay(10, deadline.Token);
        }
    }

    public static Task IsAsync(Func<bool> holds, CancellationToken ct) => IsAsync(() => Task.FromResult(holds()), ct);
}
