using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Kakehashi.ServiceDefaults;

/// <summary>A service as a process of its own. Settings that are wrong stop the start, all of them listed at once.</summary>
public static class ServiceProcess
{
    /// <summary>EX_CONFIG of sysexits.h: starting again will not help.</summary>
    public const int WrongSettings = 78;

    public static async Task<int> RunAsync(Func<string[], Action<WebApplicationBuilder>?, Task<WebApplication>> build, string[] args)
    {
        try
        {
            await using var app = await build(args, null);
            app.RequireSettings();
            await app.RunAsync();
            return 0;
        }
        catch (Exception fault) when (FaultsOf(fault) is { Count: > 0 } faults)
        {
            await Console.Error.WriteLineAsync($"The settings are not right:{Environment.NewLine}{string.Join(Environment.NewLine, faults.Select(f => $"  {f}"))}");
            return WrongSettings;
        }
    }

    /// <summary>Throws for all settings that are wrong, before anything is opened with those that are right.</summary>
    public static void RequireSettings(this IHost app) => app.Services.GetService<IStartupValidator>()?.Validate();

    /// <summary>The same for a service that needs settings while it is still being put together.</summary>
    public static TOptions RequireSettings<TOptions>(this WebApplicationBuilder builder)
        where TOptions : class
    {
        using var settings = builder.Services.BuildServiceProvider();
        settings.GetService<IStartupValidator>()?.Validate();
        return settings.GetRequiredService<IOptions<TOptions>>().Value;
    }

    private static List<string> FaultsOf(Exception fault) => fault switch
    {
        OptionsValidationException wrong => [.. wrong.Failures.Distinct()],
        AggregateException several when several.InnerExceptions.All(inner => inner is OptionsValidationException) =>
            [.. several.InnerExceptions.SelectMany(FaultsOf).Distinct()],
        _ => [],
    };
}
