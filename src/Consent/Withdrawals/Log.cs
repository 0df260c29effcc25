namespace Kakehashi.Consent.Withdrawals;

internal static partial class Log
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Information, Message = "Consent change {Sequence} of {Biobank}: withdrawn")]
    internal static partial void Withdrawn(ILogger logger, string biobank, long sequence);
}
