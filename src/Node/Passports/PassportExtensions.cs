using System.Collections.Frozen;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Passports;

/// <summary>Makes the node the clearinghouse of its biobank.</summary>
internal static class PassportExtensions
{
    public static WebApplicationBuilder AddPassports(this WebApplicationBuilder builder)
    {
        builder.AddServiceOptions<PassportOptions>(PassportOptions.Section);
        builder.Services.AddSingleton(IssuerKeysOf);
        builder.Services.AddSingleton(services => new Clearinghouse(
            PolicyOf(services), services.GetRequiredService<VisaIssuerKeys>().ByIssuer, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services =>
        {
            var platform = services.GetRequiredService<IOptions<TokenOptions>>().Value.Authority;
            return new PassportReader(
                platform, services.GetRequiredService<VisaIssuerKeys>().ByIssuer[platform], services.GetRequiredService<TimeProvider>());
        });
        return builder;
    }

    private static PassportPolicy PolicyOf(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PassportOptions>>().Value;
        var tokens = services.GetRequiredService<IOptions<TokenOptions>>().Value;
        var committee = VisaWords.Committee(services.GetRequiredService<BiobankSettings>().Url);
        var issuers = options.Issuers.Count > 0
            ? options.Issuers.ToFrozenDictionary(issuer => issuer.Issuer, issuer => new TrustedSources([.. issuer.Sources], issuer.KeySetUrl))
            : new Dictionary<string, TrustedSources> { [tokens.Authority] = new([committee, tokens.Authority]) }.ToFrozenDictionary();
        return new(
            issuers,
            options.Committees.Count > 0 ? [.. options.Committees] : [committee],
            tokens.Audience,
            (long)options.LongestAuthorisation.TotalSeconds);
    }

    // The platform's keys are needed in any case: it is the broker that signs passports.
    private static VisaIssuerKeys IssuerKeysOf(IServiceProvider services)
    {
        var http = IssuerDocument.CreateHttpClient();
        var clock = services.GetRequiredService<TimeProvider>();
        var logger = services.GetRequiredService<ILogger<IssuerKeys>>();
        var platform = services.GetRequiredService<IOptions<TokenOptions>>().Value.Authority;
        return new(services.GetRequiredService<IOptions<PassportOptions>>().Value.Issuers
            .Append(new() { Issuer = platform })
            .DistinctBy(issuer => issuer.Issuer)
            .ToFrozenDictionary(
                issuer => issuer.Issuer,
                issuer => (FindKey)new IssuerKeys(
                    http, issuer.Issuer, clock, logger, issuer.KeySetUrl is { } url ? new(url) : null).FindAsync));
    }

    private sealed record VisaIssuerKeys(FrozenDictionary<string, FindKey> ByIssuer);
}
