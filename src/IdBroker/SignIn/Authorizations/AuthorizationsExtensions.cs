namespace Kakehashi.IdBroker.SignIn.Authorizations;

internal static class AuthorizationsExtensions
{
    public static void AddAuthorizations(this WebApplicationBuilder builder) => builder.Services
            .AddSingleton<AuthorizationRequests>()
            .AddSingleton<Authorization>();
}
