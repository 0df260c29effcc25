namespace Kakehashi.Consent.Replications;

internal static partial class Log
{
    [LoggerMessage(EventId = 2101, Level = LogLevel.Information, Message = "This instance brings the consent changes of {Biobank} to its node")]
    internal static partial void Elected(ILogger logger, string biobank);

    [LoggerMessage(EventId = 2102, Level = LogLevel.Warning, Message = "The node of {Biobank} does not take consent changes: {Reason}")]
    internal static partial void NodeAway(ILogger logger, string biobank, string reason);

    [LoggerMessage(EventId = 2103, Level = LogLevel.Information, Message = "The node of {Biobank} takes consent changes again")]
    internal static partial void NodeBack(ILogger logger, string biobank);

    [LoggerMessage(EventId = 2104, Level = LogLevel.Warning,
        Message = "The node of {Biobank} went back from consent change {Acknowledged} to {Applied}, as after a restore: sending again from there")]
    internal static partial void NodeWentBack(ILogger logger, string biobank, long acknowledged, long applied);

    [LoggerMessage(EventId = 2105, Level = LogLevel.Error,
        Message = "The node of {Biobank} claims consent change {Applied}, but the newest recorded here is {Head}. One of the two lost its memory. "
            + "Nothing more is sent to this node, so it stops answering; restore the right state and restart Consent")]
    internal static partial void NodeAhead(ILogger logger, string biobank, long applied, long head);

    [LoggerMessage(EventId = 2106, Level = LogLevel.Warning, Message = "The database is away; replication to {Biobank} starts again when it is back")]
    internal static partial void DatabaseAway(ILogger logger, string biobank, Exception reason);

    [LoggerMessage(EventId = 2107, Level = LogLevel.Warning, Message = "Notifications of other instances are cut; changes wait for the heartbeat")]
    internal static partial void NotificationsCut(ILogger logger, Exception reason);
}
