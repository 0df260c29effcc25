namespace Kakehashi.IdBroker.SignIn.Institutions;

internal static partial class Log
{
    [LoggerMessage(EventId = 3401, Level = LogLevel.Warning, Message = "A sign-in through institution {Institution} was refused: {Reason}")]
    internal static partial void Refused(ILogger logger, string institution, string reason);

    [LoggerMessage(EventId = 3402, Level = LogLevel.Warning, Message = "Institution {Institution} gave no token: status {Status}, {Error}")]
    internal static partial void InstitutionGaveNoToken(ILogger logger, string institution, int status, string error);

    [LoggerMessage(EventId = 3403, Level = LogLevel.Information, Message = "Somebody came back from institution {Institution}: {Outcome}")]
    internal static partial void Received(ILogger logger, string institution, ArrivalOutcome outcome);

    [LoggerMessage(EventId = 3404, Level = LogLevel.Information, Message = "Identity link {LinkId} re-vetted by an operator")]
    internal static partial void LinkRevetted(ILogger logger, Guid linkId);
}
