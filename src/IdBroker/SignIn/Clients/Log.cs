namespace Kakehashi.IdBroker.SignIn.Clients;

internal static partial class Log
{
    [LoggerMessage(EventId = 3611, Level = LogLevel.Information, Message = "Client {ClientId} is {Change}")]
    internal static partial void ClientSet(ILogger logger, string clientId, string change);
}
