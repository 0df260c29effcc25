namespace Kakehashi.Gateway.Sessions;

internal static partial class Log
{
    [LoggerMessage(EventId = 1021, Level = LogLevel.Information, Message = "A session has begun")]
    internal static partial void SessionStarted(ILogger logger);

    [LoggerMessage(EventId = 1022, Level = LogLevel.Information, Message = "{Count} sessions have ended ({Reason})")]
    internal static partial void SessionsEnded(ILogger logger, int count, string reason);

    [LoggerMessage(EventId = 1023, Level = LogLevel.Information, Message = "A sign-in came back without success")]
    internal static partial void SignInRefused(ILogger logger);

    [LoggerMessage(EventId = 1024, Level = LogLevel.Warning, Message = "The issuer could not be asked, or gave no usable answer")]
    internal static partial void SignInFailed(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 1025, Level = LogLevel.Information, Message = "The issuer ended a session: it renews no more tokens")]
    internal static partial void RenewalRefused(ILogger logger);

    [LoggerMessage(EventId = 1026, Level = LogLevel.Warning, Message = "A session's tokens could not be renewed")]
    internal static partial void RenewalFailed(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 1027, Level = LogLevel.Error, Message = "A session's tokens cannot be opened: its row was altered")]
    internal static partial void TokensNotOpened(ILogger logger);

    [LoggerMessage(EventId = 1028, Level = LogLevel.Warning, Message = "A logout token was refused: {Reason}")]
    internal static partial void LogoutRefused(ILogger logger, string reason);

    [LoggerMessage(EventId = 1029, Level = LogLevel.Warning, Message = "Forgetting what is over failed")]
    internal static partial void UpkeepFailed(ILogger logger, Exception fault);
}
