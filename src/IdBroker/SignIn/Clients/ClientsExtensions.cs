namespace Kakehashi.IdBroker.SignIn.Clients;

internal static class ClientsExtensions
{
    public static void AddClients(this WebApplicationBuilder builder) => builder.Services
            .AddSingleton<Registrations>()
            .AddSingleton<ClientRegistry>()
            .AddSingleton<ClientAuthentication>();
}
