namespace Kakehashi.IdBroker.SignIn.Roles;

/// <summary>Roles and delegation, put together.</summary>
public static class RoleExtensions
{
    public static void AddRoles(this WebApplicationBuilder builder) => builder.Services.AddSingleton<RoleChanges>();

    public static void MapRoles(this IEndpointRouteBuilder routes)
    {
        ListRoles.Map(routes);
        RequestResearcher.Map(routes);
        VouchFor.Map(routes);
        GrantRole.Map(routes);
        ConfirmRole.Map(routes);
        DelegateRole.Map(routes);
        EndRole.Map(routes);
    }
}
