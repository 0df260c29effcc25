using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Accounts;

internal static class AccountsExtensions
{
    public static void AddAccounts(this WebApplicationBuilder builder)
    {
        builder.Services
            .AddSingleton<KnownPlaces>()
            .AddSingleton<Guesses>()
            .AddSingleton<Authenticators>()
            .AddSingleton<StartedSignIns>()
            .AddSingleton<SignInSteps>()
            .AddSingleton<FirstFactors>()
            .AddSingleton<Registrants>()
            .AddSingleton<OwnFactors>()
            .AddSingleton<PasskeyQuestions>();

        // Only the passkey handler of ASP.NET Core Identity, and what it stands on.
        builder.Services.AddIdentityCore<Account>().AddUserStore<PasskeyStore>();
        builder.Services.AddScoped<IPasskeyHandler<Account>, PasskeyHandler<Account>>();
        builder.Services.AddOptions<IdentityPasskeyOptions>().Configure<IOptions<IdBrokerOptions>>((passkeys, broker) =>
        {
            var issuer = broker.Value.Issuer;
            passkeys.ServerDomain = new Uri(issuer).Host;
            passkeys.UserVerificationRequirement = "required"; // so that a passkey alone is two factors
            passkeys.ResidentKeyRequirement = "required";      // so that no user name is typed
            passkeys.AttestationConveyancePreference = "none";
            passkeys.ValidateOrigin = context => ValueTask.FromResult(context is { CrossOrigin: false } && context.Origin == SameOrigin.OriginOf(issuer));
        });
    }
}
