using Microsoft.Extensions.Options;

namespace Kakehashi.Consent.Replications;

/// <summary>Brings the consent changes of every biobank to its node, each biobank on its own.</summary>
internal sealed class Replication(IOptions<ConsentOptions> options, IServiceProvider services) : BackgroundService
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<Signals>();
        services.AddSingleton<NodeLine>();
        services.AddHostedService<Notifications>();
        services.AddHostedService<Replication>();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A sender ends with an alarm of its biobank; one that fails stops the service at once, not when all have ended.
        await foreach (var ended in Task.WhenEach(options.Value.Biobanks.Select(biobank =>
            ActivatorUtilities.CreateInstance<Sender>(services, biobank).RunAsync(stoppingToken))))
        {
            await ended;
        }
    }
}
