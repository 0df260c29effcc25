namespace Kakehashi.IdBroker.SignIn.Passports;

internal static class PassportsExtensions
{
    public static void AddPassports(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<PassportFacts>()
        .AddSingleton<LiveGrants>()
        .AddSingleton<Passports>()
        .AddSingleton<PassportGrant>();
}
