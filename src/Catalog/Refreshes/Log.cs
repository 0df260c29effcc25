namespace Kakehashi.Catalog.Refreshes;

internal static partial class Log
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "Read the catalogue of {Biobank}: {Variables} variables")]
    internal static partial void CatalogueRead(ILogger logger, string biobank, int variables);

    [LoggerMessage(EventId = 4002, Level = LogLevel.Warning, Message = "The node of {Biobank} does not show its catalogue: {Reason}")]
    internal static partial void NodeAway(ILogger logger, string biobank, string reason);

    [LoggerMessage(EventId = 4003, Level = LogLevel.Warning, Message = "The database is away; the catalogue of {Biobank} waits")]
    internal static partial void DatabaseAway(ILogger logger, string biobank, Exception reason);
}
