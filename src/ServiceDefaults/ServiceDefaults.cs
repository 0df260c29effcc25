using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.ServiceDefaults;

/// <summary>What every service of the platform does the same way: errors, clock, JSON, database, deny-by-default access.</summary>
public static class ServiceDefaultsExtensions
{
    private const long LargestRequestBytes = 1 << 20;

    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = context => Problems.Name(context.ProblemDetails));
        builder.Services.AddExceptionHandler<BadRequestHandler>();
        // Otherwise a body that cannot be read is a bare 400 outside Development, and BadRequestHandler never sees it.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddHealthChecks();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        builder.Services.ConfigureHttpJsonOptions(json => Strict(json.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // BadRequestHandler names the fault
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestRequestBytes;
        });
        return builder;
    }

    /// <summary>The platform's JSON: camelCase, closed (an unknown member is an error), no null members on the wire.</summary>
    public static JsonSerializerOptions Json { get; } = Strict(new(JsonSerializerDefaults.Web));

    /// <summary>Adds the service's own database, named in ConnectionStrings.</summary>
    public static void AddPostgres(this WebApplicationBuilder builder, string name)
    {
        builder.Services.AddOptions<Database>()
            .Configure<IConfiguration>((database, settings) => database.ConnectionString = settings.GetConnectionString(name))
            .Validate(
                database => !string.IsNullOrEmpty(database.ConnectionString),
                $"ConnectionStrings:{name} is missing: give the connection string of the service's own database.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services =>
            NpgsqlDataSource.Create(services.GetRequiredService<IOptions<Database>>().Value.ConnectionString!));
    }

    /// <summary>Binds settings to the section named like the service; all errors are listed at once at start.</summary>
    public static void AddServiceOptions<TOptions>(this WebApplicationBuilder builder, string section)
        where TOptions : class =>
        builder.Services.AddOptions<TOptions>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();

    public static void UseServiceDefaults(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapHealthChecks("/health").AllowAnonymous();
    }

    /// <summary>Applies the service's numbered SQL files in one transaction, under one advisory lock.</summary>
    public static async Task MigrateAsync<TService>(this IHost app, CancellationToken ct = default)
    {
        app.RequireSettings();
        await Migrator.ApplyAsync(app.Services.GetRequiredService<NpgsqlDataSource>(), typeof(TService).Assembly, ct);
    }

    private static JsonSerializerOptions Strict(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.AllowDuplicateProperties = false;
        return options;
    }

    private sealed class Database
    {
        public string? ConnectionString { get; set; }
    }
}
