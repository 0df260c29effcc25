namespace Kakehashi.IdBroker.SignIn.Clients;

internal static class ClientsExtensions
{
    public static void AddClients(this WebApplicationBuilder builder) => builder.Services
            .AddSingleton<Registrations>()
            .AddSingleton<ClientRegistry>()
            .AddSingleton<ClientAuthentication>();

    public static void MapClients(this IEndpointRouteBuilder routes)
    {
        ListClients.Map(routes);
        ShowClient.Map(routes);
        SetClient.Map(routes);
        ReplaceClientKey.Map(routes);
        DisableClient.Map(routes);
    }
}
