using Microsoft.Extensions.Logging;

namespace Kakehashi.ServiceDefaults.Tokens;

internal static partial class Log
{
    [LoggerMessage(EventId = 9001, Level = LogLevel.Warning, Message = "Keys of issuer {Issuer} could not be fetched; the keys at hand stay in use for a while")]
    internal static partial void IssuerKeysNotFetched(ILogger logger, string issuer, Exception fault);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Information, Message = "A token was refused: {Reason}")]
    internal static partial void TokenRefused(ILogger logger, string reason);
}
