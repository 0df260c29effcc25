using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>How a service comes to accept tokens, and to ask for them.</summary>
public static class TokenExtensions
{
    /// <summary>Access tokens of the issuer in section Tokens, for this service's audience, as the default scheme.</summary>
    /// <param name="keys">Where the issuer's keys come from; by discovery unless the service is the issuer itself.</param>
    public static WebApplicationBuilder AddTokenAuthentication(this WebApplicationBuilder builder, Func<IServiceProvider, FindKey>? keys = null)
    {
        builder.AddServiceOptions<TokenOptions>(TokenOptions.Section);
        builder.Services.AddOptions<TokenOptions>()
            .Validate(options => options.Audience.Length > 0, "Tokens:Audience is missing: the audience this service accepts tokens for.");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<VerifiedTokens>();
        builder.Services.AddSingleton(keys ?? DiscoveredKeys);
        builder.Services.AddSingleton(services => CreateVerifier(services, services.GetRequiredService<FindKey>()));
        builder.Services.AddAuthentication(TokenAuthentication.Scheme)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.Scheme, null);
        builder.Services.AddSingleton<IAuthorizationHandler, StepUp>();
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, StepUp>();
        return builder;
    }

    /// <summary>A <see cref="TokenClient"/> for the client named in section Tokens.</summary>
    public static WebApplicationBuilder AddTokenClient(this WebApplicationBuilder builder)
    {
        builder.AddServiceOptions<TokenOptions>(TokenOptions.Section);
        builder.Services.AddOptions<TokenOptions>().Validate(
            options => options.ClientId is not null && options.ClientKeyFile is not null,
            "Tokens:ClientId and Tokens:ClientKeyFile are missing: the service's own client id and private key.");
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<TokenOptions>>().Value;
            return new TokenClient(
                IssuerDocument.CreateHttpClient(),
                options.Authority,
                options.ClientId!,
                SigningKey.FromPemFile(options.ClientKeyFile!),
                services.GetRequiredService<TimeProvider>());
        });
        return builder;
    }

    private static TokenVerifier CreateVerifier(IServiceProvider services, FindKey keys)
    {
        var options = services.GetRequiredService<IOptions<TokenOptions>>().Value;
        var expected = new TokenExpectations(options.Authority, options.Audience) { ClockSkew = TimeSpan.FromSeconds(options.ClockSkewSeconds) };
        return new(keys, expected, services.GetRequiredService<TimeProvider>());
    }

    private static FindKey DiscoveredKeys(IServiceProvider services) => new IssuerKeys(
        IssuerDocument.CreateHttpClient(),
        services.GetRequiredService<IOptions<TokenOptions>>().Value.Authority,
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<IssuerKeys>>()).FindAsync;
}
