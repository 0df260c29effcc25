using System.Globalization;
using System.Reflection;
using Microsoft.Playwright;

namespace Kakehashi.TestKit;

/// <summary>
/// Debian's Chromium without a window, started by the first test that asks for it. One for a test assembly:
/// <c>[assembly: AssemblyFixture(typeof(Browser))]</c>, then a constructor parameter of the test class.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private readonly SemaphoreSlim _starting = new(1, 1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where the last page of a failed visit is kept as a picture.</summary>
    public static string Screenshots => Path.Combine(Path.GetTempPath(), $"kakehashi-screenshots-{Environment.UserName}");

    /// <summary>
    /// One person's use of the browser, with no cookies from before. When it fails, what the person saw last is kept
    /// as a picture and its path is printed.
    /// </summary>
    public async Task VisitAsync(Func<Visit, Task> visiting, CancellationToken ct, string language = "en-GB")
    {
        var browser = await StartedAsync(ct);
        await using var context = await browser.NewContextAsync(new() { Locale = language });
        context.SetDefaultTimeout(15_000);
        var visit = new Visit(context, await context.NewPageAsync());
        try
        {
            await visiting(visit).WaitAsync(ct);
        }
        catch
        {
            await KeepPictureAsync(visit.Page);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
        _starting.Dispose();
    }

    private async Task<IBrowser> StartedAsync(CancellationToken ct)
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException($"{Program} is missing: run ./kakehashi test, or apt-get install chromium.");
        }

        await _starting.WaitAsync(ct);
        try
        {
            if (_browser is null)
            {
                // The package brings a Node.js for every system; ours runs its driver from where the package lies.
                var package = typeof(Browser).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Playwright");
                Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", package.Value);
                Environment.SetEnvironmentVariable("PLAYWRIGHT_NODEJS_PATH", NodePath());
                _playwright = await Playwright.CreateAsync();

                // Its sandbox needs what containers and root do not have, and the pages are our own.
                _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, ChromiumSandbox = false });
            }
        }
        finally
        {
            _starting.Release();
        }

        return _browser;
    }

    private static string NodePath() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "node"))
        .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("Node.js is missing: run ./kakehashi test, which says how to get it.");

    private static async Task KeepPictureAsync(IPage page)
    {
        var test = TestContext.Current.TestMethod?.MethodName ?? "visit";
        var path = Path.Combine(Screenshots, string.Create(CultureInfo.InvariantCulture, $"{test}-{Environment.ProcessId}.png"));
        try
        {
            await page.ScreenshotAsync(new() { Path = path, FullPage = true });
            TestContext.Current.TestOutputHelper?.WriteLine($"The page was {page.Url}; a picture of it is {path}");
        }
        catch (PlaywrightException e)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"There is no picture of the last page: {e.Message}");
        }
    }
}
