using Kakehashi.Node.Consents;
using Kakehashi.Node.Counts;
using Kakehashi.Node.Descriptions;
using Kakehashi.Node.Passports;
using Kakehashi.Node.Tunnels;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node;

/// <summary>A biobank's node: everything the platform can ask of the biobank, and nothing more.</summary>
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
        builder.AddTokenClient();
        builder.UseTunnels();
        Policies.Register(builder.Services.AddAuthorizationBuilder());
        await builder.AddBiobankAsync();
        builder.AddPassports();
        host?.Invoke(builder);

        var app = builder.Build();
        app.UseServiceDefaults();
        CountCohort.Map(app);
        DecideAccess.Map(app);
        DescribeNode.Map(app);
        ListVariables.Map(app);
        ApplyConsentChanges.Map(app);
        return app;
    }
}
