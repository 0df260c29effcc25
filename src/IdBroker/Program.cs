using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Appointments;
using Kakehashi.IdBroker.SignIn.Authorizations;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Institutions;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Passports;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker;

public sealed class Program
{
    private Program()
    {
    }

    public static Task<int> Main(string[] args) => ServiceProcess.RunAsync(BuildAsync, args);

    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? host = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ApplicationName = typeof(Program).Assembly.GetName().Name });
        builder.AddServiceDefaults();
        builder.AddPostgres("idbroker");
        builder.AddServiceOptions<IdBrokerOptions>("IdBroker");
        builder.Services.AddOptions<TokenOptions>().PostConfigure<IOptions<IdBrokerOptions>>((tokens, broker) =>
            (tokens.Authority, tokens.Audience) = (broker.Value.Issuer, Audiences.Platform)); // it trusts its own tokens only
        builder.AddTokenAuthentication(services => services.GetRequiredService<KeyRing>().FindAsync);
        builder.AddClients();
        builder.AddTokens();
        builder.AddAuthorizations();
        builder.AddSessions();
        builder.AddAccounts();
        builder.AddInstitutions();
        builder.AddAppointments();
        builder.AddPassports();
        builder.AddEvents();
        builder.Services.AddSingleton(KeySafe.FromSettings).AddSingleton<KeyRing>().AddHostedService<Upkeep>();
        builder.Services.AddRazorComponents();
        Policies.Register(builder.Services.AddAuthorizationBuilder());
        host?.Invoke(builder);

        var app = builder.Build();
        app.UseServiceDefaults();
        await app.MigrateAsync<Program>();
        await app.Services.GetRequiredService<Registrations>().ApplyAsync(CancellationToken.None);
        await app.Services.GetRequiredService<RoleChanges>().EndOrphansAsync(CancellationToken.None);
        await app.Services.GetRequiredService<KeyRing>().OpenAsync(CancellationToken.None);
        await app.Services.GetRequiredService<ClientRegistry>().RefreshAsync(CancellationToken.None);

        Discovery.Map(app);
        Authorize.Map(app);
        PushRequest.Map(app);
        Agree.Map(app);
        AcceptTerms.Map(app);
        RevokeAgreement.Map(app);
        StartDevice.Map(app);
        DecideOnDevice.Map(app);
        IssueToken.Map(app);
        ShowUserInfo.Map(app);
        Introspect.Map(app);
        RevokeToken.Map(app);
        EndSession.Map(app);
        ShowSignIn.Map(app);
        SignInWithPassword.Map(app);
        ProveSecondFactor.Map(app);
        AskPasskey.Map(app);
        SignInWithPasskey.Map(app);
        AskNewPasskey.Map(app);
        AddPasskey.Map(app);
        Enrol.Map(app);
        SetUpFactors.Map(app);
        ShowAccount.Map(app);
        ListSignIns.Map(app);
        ListSessions.Map(app);
        EndOwnSession.Map(app);
        EndOwnSessions.Map(app);
        ChangePassword.Map(app);
        RenamePasskey.Map(app);
        RemoveFactor.Map(app);
        CreateAccount.Map(app);
        IssueEnrolment.Map(app);
        DisableAccount.Map(app);
        RotateKeys.Map(app);
        app.MapClients();
        app.MapInstitutions();
        app.MapAppointments();
        PageFiles.Map(app);
        return app;
    }
}
