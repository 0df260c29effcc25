namespace Kakehashi.IdBroker.SignIn.Events;

internal static class EventsExtensions
{
    public static void AddEvents(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EventRelay>().AddHostedService(services => services.GetRequiredService<EventRelay>());
        builder.Services.AddHealthChecks().AddCheck<EventsHealth>("events");
    }
}
