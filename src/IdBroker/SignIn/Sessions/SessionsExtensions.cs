namespace Kakehashi.IdBroker.SignIn.Sessions;

internal static class SessionsExtensions
{
    public static void AddSessions(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<SignInSessions>().AddHostedService<BackChannelSignOut>();
        SessionAuthentication.Register(builder.Services.AddAuthentication());
    }
}
