using System.Diagnostics;
using Spectre.Console;

namespace Kakehashi.AppHost.Platform;

/// <summary>Shows each long step while it runs and how long it took, on stderr; in a terminal with what it is at.</summary>
public sealed class Steps
{
    private readonly IAnsiConsole _console = AnsiConsole.Create(new() { Out = new AnsiConsoleOutput(Console.Error) });

    public async Task<T> RunAsync<T>(string title, Func<Action<string>, Task<T>> work)
    {
        var started = Stopwatch.GetTimestamp();
        var result = _console.Profile.Capabilities.Interactive
            ? await _console.Status().StartAsync(Markup.Escape(title), status => work(text => status.Status(Markup.Escape($"{title}: {text}"))))
            : await PlainAsync(title, work);
        _console.MarkupLineInterpolated($"[green]✓[/] {title} [dim]({Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s)[/]");
        return result;
    }

    public Task RunAsync(string title, Func<Action<string>, Task> work) => RunAsync(title, async at =>
    {
        await work(at);
        return true;
    });

    public void Say(string text) => _console.WriteLine(text);

    /// <summary>Where nothing can be drawn over, one line at the start and one every ten seconds.</summary>
    private async Task<T> PlainAsync<T>(string title, Func<Action<string>, Task<T>> work)
    {
        var last = Stopwatch.GetTimestamp();
        _console.WriteLine($"· {title} ...");
        return await work(text =>
        {
            if (Stopwatch.GetElapsedTime(last) > TimeSpan.FromSeconds(10))
            {
                last = Stopwatch.GetTimestamp();
                _console.WriteLine($"  {text}");
            }
        });
    }
}
