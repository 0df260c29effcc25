namespace Kakehashi.IdBroker.SignIn;

internal static partial class Log
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Token issued to client {ClientId} by {Grant} for {Audience}")]
    internal static partial void TokenIssued(ILogger logger, string clientId, string grant, string audience);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "Token request refused: {Error}, {Reason}")]
    internal static partial void TokenRefused(ILogger logger, string error, string reason);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Information, Message = "Signing key {KeyId} created, signs from {SignsFrom}")]
    internal static partial void KeyCreated(ILogger logger, string keyId, DateTimeOffset signsFrom);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Error, Message = "Keys and clients could not be read from the database; those in memory stay in use")]
    internal static partial void UpkeepFailed(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 3006, Level = LogLevel.Error, Message = "Notices of ended sessions could not be read from the database; they are sent when it is back")]
    internal static partial void SignOutNoticesFailed(ILogger logger, Exception fault);

    [LoggerMessage(EventId = 3007, Level = LogLevel.Warning, Message = "Client {ClientId} has not heard of an ended session, attempt {Attempt}")]
    internal static partial void SignOutNotHeard(ILogger logger, string clientId, int attempt);

    [LoggerMessage(EventId = 3008, Level = LogLevel.Warning, Message = "Consent gives no answer about live grants")]
    internal static partial void NoAnswerFromConsent(ILogger logger, Exception fault);
}
