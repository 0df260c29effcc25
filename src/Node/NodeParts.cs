using Kakehashi.Adapters;
using Kakehashi.Ledger;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Counts;
using Kakehashi.Node.Disclosure;
using Kakehashi.Node.Ledgers;
using Kakehashi.Node.Loading;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node;

/// <summary>The node's own parts and the files they keep under the data directory.</summary>
internal static class NodeParts
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Opens what the node rests on; a configuration or ledger that is not right stops the start.</summary>
    public static async Task AddBiobankAsync(this WebApplicationBuilder builder)
    {
        builder.AddServiceOptions<NodeOptions>(NodeOptions.Section);
        builder.AddServiceOptions<LedgerOptions>(LedgerOptions.Section);
        var options = builder.RequireSettings<NodeOptions>();
        var biobank = Read(options.Biobank);
        Directory.CreateDirectory(options.DataDirectory, OwnerOnly);
        var ledger = await LedgerFile.OpenAsync(Path.Combine(options.DataDirectory, "ledger"), CancellationToken.None);

        builder.UseLedger(biobank.Id, ledger);
        var services = builder.Services;
        services.AddSingleton(biobank);
        services.AddSingleton(provider => BiobankSettings.Of(
            biobank, provider.GetRequiredService<IOptions<TokenOptions>>().Value.Authority));
        services.AddSingleton(provider => new ConsentReplica(
            Path.Combine(options.DataDirectory, "consent-changes.jsonl"), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LiveIndex>();
        services.AddSingleton<LoadState>();
        services.AddSingleton<Counting>();
        services.AddHostedService<BiobankLoader>();
        services.AddHealthChecks().AddCheck<LoadState>("biobank");
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, NodeJson.Default));
    }

    /// <summary>The biobank's configuration belongs to the node's settings: its faults are settings that are wrong.</summary>
    private static Biobank Read(string path)
    {
        try
        {
            var biobank = BiobankFile.Load(path);
            return DisclosurePreset.WhyNot(biobank.Disclosure.Preset, biobank.Disclosure.Threshold, biobank.Disclosure.Rounding) is { } why
                ? throw new BiobankUnreadableException($"{Path.GetFileName(path)}: {why}") { Code = "node.disclosure" }
                : biobank;
        }
        catch (BiobankUnreadableException unreadable)
        {
            throw new OptionsValidationException(NodeOptions.Section, typeof(NodeOptions), unreadable.Message.Split('\n'));
        }
    }
}
