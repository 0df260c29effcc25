namespace Kakehashi.IdBroker.SignIn.Events;

internal static partial class Log
{
    [LoggerMessage(EventId = 3601, Level = LogLevel.Warning, Message = "IdBroker:MeteringUrl is not set: access events stay in this service's database and reach no ledger")]
    internal static partial void NoMetering(ILogger logger);

    [LoggerMessage(EventId = 3602, Level = LogLevel.Error, Message = "The delivery of access events is interrupted; they wait in the database, and it goes on by itself")]
    internal static partial void RelayInterrupted(ILogger logger, Exception fault);
}
