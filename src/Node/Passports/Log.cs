namespace Kakehashi.Node.Passports;

internal static partial class Log
{
    [LoggerMessage(EventId = 7401, Level = LogLevel.Information,
        Message = "A passport opens {Permitted} of {Datasets} datasets; {Accepted} visas accepted, {Refused} refused")]
    internal static partial void AccessDecided(ILogger logger, int permitted, int datasets, int accepted, int refused);
}
