using Kakehashi.Metering.Batches;
using Kakehashi.Metering.Events;
using Kakehashi.Metering.Producers;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Metering;

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
        builder.AddPostgres("metering");
        builder.AddTokenAuthentication();
        Policies.Register(builder.Services.AddAuthorizationBuilder());
        host?.Invoke(builder);

        var app = builder.Build();
        await app.MigrateAsync<Program>();
        app.UseServiceDefaults();

        ReceiveBatch.Map(app);
        ShowNext.Map(app);
        ListEvents.Map(app);
        ListProducers.Map(app);
        return app;
    }
}
