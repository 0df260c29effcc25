using Kakehashi.Catalog.Biobanks;
using Kakehashi.Catalog.Nodes;
using Kakehashi.Catalog.Passports;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Catalog.Searches;
using Kakehashi.Catalog.Variables;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Catalog;

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
        builder.AddPostgres("catalog");
        builder.AddServiceOptions<CatalogOptions>("Catalog");
        builder.AddTokenAuthentication();
        builder.AddTokenClient();
        Policies.Register(builder.Services.AddAuthorizationBuilder());
        builder.Services.AddSingleton<NodeLine>().AddSingleton<AccessInquiry>();
        Refresh.Register(builder.Services);
        Search.Register(builder.Services);
        host?.Invoke(builder);

        var app = builder.Build();
        await app.MigrateAsync<Program>();
        await app.Services.GetRequiredService<Catalogue>().RegisterAsync(CancellationToken.None);
        app.UseServiceDefaults();

        ListBiobanks.Map(app);
        ListVariables.Map(app);
        Search.Map(app);
        ShowAccess.Map(app);
        return app;
    }
}
