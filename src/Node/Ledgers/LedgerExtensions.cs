using Kakehashi.Contracts;
using Kakehashi.Ledger;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Deliveries;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Ledgers;

/// <summary>How a node comes to deliver its ledger.</summary>
public static class LedgerExtensions
{
    /// <summary>
    /// Delivers the ledger to Metering (section <c>Ledger</c>) as long as the host runs, and reports on it as health check
    /// "ledger". The host owns the ledger from here on and closes it at its end. Needs the node's
    /// <see cref="TokenClient"/>.
    /// </summary>
    public static WebApplicationBuilder UseLedger(this WebApplicationBuilder builder, string node, LedgerFile ledger)
    {
        builder.AddServiceOptions<LedgerOptions>(LedgerOptions.Section);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => ledger);
        builder.Services.AddSingleton<IOutbox>(services => new LedgerOutbox(node, services.GetRequiredService<LedgerFile>()));
        builder.Services.AddSingleton(services => new MeteringClient(
            services.GetRequiredService<IOptions<LedgerOptions>>().Value.MeteringUrl!,
            ct => services.GetRequiredService<TokenClient>().GetAsync(Audiences.Platform, ct),
            services.GetRequiredService<ILogger<MeteringClient>>()));
        builder.Services.AddSingleton<Delivery>().AddSingleton<LedgerDelivery>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LedgerDelivery>());
        builder.Services.AddHealthChecks().AddCheck<LedgerHealth>("ledger");
        return builder;
    }
}
