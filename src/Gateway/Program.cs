using Kakehashi.Gateway.Doors;
using Kakehashi.Gateway.Health;
using Kakehashi.Gateway.Nodes;
using Kakehashi.Gateway.Services;
using Kakehashi.Gateway.Sessions;
using Kakehashi.Gateway.Tunnels;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Gateway;

/// <summary>The only door: people and clients come in at the front, nodes hang on their tunnels, services reach nodes at the back.</summary>
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
        });
        builder.AddServiceDefaults();
        builder.AddTokenAuthentication();
        builder.AddServiceOptions<GatewayOptions>(GatewayOptions.Section);
        builder.AddPolicies();
        builder.AddDoors();
        builder.AddRateLimits();
        builder.AddSessions();
        builder.AddServiceRoutes();
        builder.Services.AddSingleton<TunnelTable>();
        builder.Services.AddSingleton<ServiceHealth>();
        host?.Invoke(builder);

        builder.RequireSettings<GatewayOptions>(); // Build would fail at the first that is wrong: the listeners need some
        var app = builder.Build();
        app.UseFrontHeaders();
        app.UseServiceDefaults();
        app.UseDoors();
        await app.MigrateAsync<Program>();

        OpenTunnel.Map(app);
        ForwardToNode.Map(app);
        ShowHealth.Map(app);
        StartSignIn.Map(app);
        FinishSignIn.Map(app);
        ShowSession.Map(app);
        SignOut.Map(app);
        HearLogout.Map(app);
        SignInPage.MapStyle(app);
        app.MapServices();
        return app;
    }
}
