namespace Kakehashi.IdBroker.SignIn.Appointments;

internal static partial class Log
{
    [LoggerMessage(EventId = 3501, Level = LogLevel.Information, Message = "Role assignment {AssignmentId} of {Role} is {State}")]
    internal static partial void RoleChanged(ILogger logger, Guid assignmentId, string role, string state);
}
