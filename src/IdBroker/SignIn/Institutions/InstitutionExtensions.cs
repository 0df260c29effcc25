namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Sign-in through institutions, put together.</summary>
public static class InstitutionExtensions
{
    public static void AddInstitutions(this WebApplicationBuilder builder) => builder.Services
        .AddSingleton<KnownInstitutions>().AddSingleton<InstitutionTokens>().AddSingleton<Departure>().AddSingleton<Reception>().AddSingleton<WaysIn>().AddSingleton<RefusedSignIns>();

    public static void MapInstitutions(this IEndpointRouteBuilder routes)
    {
        StartAtInstitution.Map(routes);
        ReturnFromInstitution.Map(routes);
        ShowArrival.Map(routes);
        ConfirmArrival.Map(routes);
        RevetArrival.Map(routes);
        AddInstitution.Map(routes);
        RemoveInstitution.Map(routes);
        RevetLink.Map(routes);
    }
}
