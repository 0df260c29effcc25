using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Kakehashi.Node.Ledgers;

/// <summary>How a node comes to deliver its ledger.</summary>
public static class LedgerExtensions
{
    /// <summary>
    /// Delivers the ledger to Metering (section <c>Ledger</c>) as long as the host runs, and reports on it as health check
    /// "ledger". The host owns the ledger from here on and closes it at its end. Needs the node's
    /// <see cref="ServiceDefaults.Tokens.TokenClient"/>.
    /// </summary>
    public static WebApplicationBuilder UseLedger(this WebApplicationBuilder builder, string node, LedgerFile ledger)
    {
        builder.AddServiceOptions<LedgerOptions>(LedgerOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => ledger);
        builder.Services.AddSingleton<MeteringClient>();
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<LedgerDelivery>(services, node));
        builder.Services.AddHostedService(services => services.GetRequiredService<LedgerDelivery>());
        builder.Services.AddHealthChecks().AddCheck<LedgerHealth>("ledger");
        return builder;
    }
}
