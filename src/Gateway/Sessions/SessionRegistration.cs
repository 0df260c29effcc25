using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Sessions;

/// <summary>What browsers' sessions are made of.</summary>
public static class SessionRegistration
{
    public static void AddSessions(this WebApplicationBuilder builder)
    {
        builder.AddPostgres("gateway");
        builder.Services.AddOptions<TokenOptions>().Validate(
            options => options.ClientId is not null && options.ClientKeyFile is not null,
            "Tokens:ClientId and Tokens:ClientKeyFile are missing: the Gateway's own client id and private key.");
        builder.Services.AddSingleton(CreateClient).AddSingleton<SignInIssuer>()
            .AddSingleton<BrowserSessions>().AddSingleton<SignInFlows>().AddSingleton<TokenRenewal>().AddSingleton<UsedProofs>()
            .AddSingleton<SessionUpkeep>().AddHostedService(services => services.GetRequiredService<SessionUpkeep>());
    }

    private static ProvenClient CreateClient(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<TokenOptions>>().Value;
        var broker = services.GetRequiredService<IOptions<GatewayOptions>>().Value.Services.GetValueOrDefault("IdBroker");
#pragma warning disable CA2000 // The client owns both, and the container owns the client.
        return new(
            IssuerDocument.CreateHttpClient(new InsideAddress(options.Authority, broker)),
            options.Authority,
            options.ClientId!,
            SigningKey.FromPemFile(options.ClientKeyFile!),
            services.GetRequiredService<TimeProvider>());
#pragma warning restore CA2000
    }
}
