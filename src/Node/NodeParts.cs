using Kakehashi.Adapters;
using Kakehashi.Ledger;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Counts;
using Kakehashi.Node.Ledgers;
using Kakehashi.Node.Loading;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node;

/// <summary>The node's own parts and the files they keep under the data directory.</summary>
internal static class NodeParts
{
    public static void AddBiobank(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<NodeOptions>>().Value;
            Directory.CreateDirectory(options.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return BiobankFile.Load(options.Biobank);
        });
        services.AddSingleton(provider => BiobankSettings.Of(provider.GetRequiredService<Biobank>()));
        services.AddSingleton(provider => new ConsentReplica(
            PathOf(provider, "consent-changes.jsonl"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => // a container's factory cannot wait; this happens once, at start
            LedgerFile.OpenAsync(PathOf(provider, "ledger"), CancellationToken.None).GetAwaiter().GetResult());
        services.AddSingleton<LiveIndex>();
        services.AddSingleton<LoadState>();
        services.AddSingleton<Counting>();
        services.AddHostedService<BiobankLoader>();
        services.AddHostedService<LedgerDelivery>();
        services.AddHealthChecks().AddCheck<LoadState>("biobank");
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, NodeJson.Default));
    }

    private static string PathOf(IServiceProvider provider, string name)
    {
        _ = provider.GetRequiredService<Biobank>(); // makes the data directory
        return Path.Combine(provider.GetRequiredService<IOptions<NodeOptions>>().Value.DataDirectory, name);
    }
}
