namespace Kakehashi.Gateway.Tests;

/// <summary>Waits for what must become true, and says what was the matter when it does not.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static Task TrueAsync(Func<bool> condition, Func<string> complaint) => TrueAsync(() => Task.FromResult(condition()), complaint);

    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> complaint)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, complaint());
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The task's result, or a failed test.</summary>
    public static Task<T> DoneAsync<T>(Task<T> task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);

    public static Task DoneAsync(Task task) => task.WaitAsync(Patience, TestContext.Current.CancellationToken);
}
