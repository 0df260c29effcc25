using System.ComponentModel.DataAnnotations;
using Kakehashi.Adapters;
using Kakehashi.Ledger;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Counts;
using Kakehashi.Node.Ledgers;
using Kakehashi.Node.Loading;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Node;

/// <summary>The node's own parts and the files they keep under the data directory.</summary>
internal static class NodeParts
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Opens what the node rests on; a configuration or ledger that is not right stops the start.</summary>
    public static async Task AddBiobankAsync(this WebApplicationBuilder builder)
    {
        builder.AddServiceOptions<NodeOptions>(NodeOptions.Section);
        var options = builder.Configuration.GetSection(NodeOptions.Section).Get<NodeOptions>() ?? new();
        Validator.ValidateObject(options, new(options), validateAllProperties: true);
        Directory.CreateDirectory(options.DataDirectory, OwnerOnly);
        var biobank = BiobankFile.Load(options.Biobank);
        var ledger = await LedgerFile.OpenAsync(Path.Combine(options.DataDirectory, "ledger"), CancellationToken.None);

        builder.UseLedger(biobank.Id, ledger);
        var services = builder.Services;
        services.AddSingleton(biobank);
        services.AddSingleton(BiobankSettings.Of(biobank));
        services.AddSingleton(provider => new ConsentReplica(
            Path.Combine(options.DataDirectory, "consent-changes.jsonl"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LiveIndex>();
        services.AddSingleton<LoadState>();
        services.AddSingleton<Counting>();
        services.AddHostedService<BiobankLoader>();
        services.AddHealthChecks().AddCheck<LoadState>("biobank");
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, NodeJson.Default));
    }
}
