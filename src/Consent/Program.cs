using Kakehashi.Consent.Grants;
using Kakehashi.Consent.Replications;
using Kakehashi.Consent.Withdrawals;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Consent;

public sealed class Program
{
    private Program()
    {
    }

    public static Task<int> Main(string[] args) => ServiceProcess.RunAsync(BuildAsync, args);

    public static async Task<WebApplication> BuildAsync(string[] args, Action<WebApplicationBuilder>? host = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            ApplicationName = typeof(Program).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.AddServiceDefaults();
        builder.AddPostgres("consent");
        builder.AddServiceOptions<ConsentOptions>("Consent");
        builder.AddTokenAuthentication();
        builder.AddTokenClient();
        Policies.Register(builder.Services.AddAuthorizationBuilder());
        Replication.Register(builder.Services);
        host?.Invoke(builder);

        var app = builder.Build();
        await app.MigrateAsync<Program>();
        await Biobanks.RegisterAsync(app.Services, CancellationToken.None);
        app.UseServiceDefaults();

        Withdraw.Map(app);
        ListWithdrawals.Map(app);
        ShowReplication.Map(app);
        RecordGrant.Map(app);
        RevokeGrant.Map(app);
        ListGrants.Map(app);
        ListLiveGrants.Map(app);
        return app;
    }
}
