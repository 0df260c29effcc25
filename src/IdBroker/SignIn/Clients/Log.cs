namespace Kakehashi.IdBroker.SignIn.Clients;

internal static partial class Log
{
    [LoggerMessage(EventId = 3005, Level = LogLevel.Information, Message = "Registrations applied: {Changes} of {Kind} changed")]
    internal static partial void RegistrationsApplied(ILogger logger, int changes, string kind);

    [LoggerMessage(EventId = 3611, Level = LogLevel.Information, Message = "Client {ClientId} is {Change}")]
    internal static partial void ClientSet(ILogger logger, string clientId, string change);
}
