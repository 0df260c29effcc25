namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>Roles and delegation, put together.</summary>
public static class RoleExtensions
{
    public static void AddAppointments(this WebApplicationBuilder builder) => builder.Services.AddSingleton<RoleChanges>();

    public static void MapAppointments(this IEndpointRouteBuilder routes)
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
