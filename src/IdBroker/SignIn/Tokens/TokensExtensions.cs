namespace Kakehashi.IdBroker.SignIn.Tokens;

internal static class TokensExtensions
{
    public static void AddTokens(this WebApplicationBuilder builder) => builder.Services
            .AddSingleton<AccessTokens>()
            .AddSingleton<PersonTokens>()
            .AddSingleton<CodeGrant>()
            .AddSingleton<RefreshGrant>()
            .AddSingleton<DeviceGrant>()
            .AddSingleton<DpopAtBroker>();
}
