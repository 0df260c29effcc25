namespace Kakehashi.Consent.Grants;

internal static partial class Log
{
    [LoggerMessage(EventId = 2201, Level = LogLevel.Information, Message = "Grant {GrantId} of {Biobank} recorded for {People} people")]
    internal static partial void GrantRecorded(ILogger logger, Guid grantId, string biobank, int people);

    [LoggerMessage(EventId = 2202, Level = LogLevel.Information, Message = "Grant {GrantId} revoked")]
    internal static partial void GrantRevoked(ILogger logger, Guid grantId);
}
