using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.Gateway.Sessions;

/// <summary>Refusals of browsers' sessions. The codes are part of the API.</summary>
public static class SessionProblems
{
    /// <summary>The session is over, for whatever reason; the browser forgets its cookie.</summary>
    public static Refusal Ended() => new(
        TypedResults.Problem(
            statusCode: StatusCodes.Status401Unauthorized,
            type: Problems.TypeOf("session.ended"),
            title: "The session has ended.",
            detail: "It lay idle for an hour, lasted eight hours, or was ended from elsewhere. Sign in again at /session/sign-in."),
        EndsSession: true);

    public static Refusal TwoIdentities() => new(Problems.BadRequest(
        "session.two-identities", "The request carries a session and a token.", "Send either the session's cookie or an Authorization header."));

    public static Refusal CrossSite() => new(CrossSiteAnswer());

    public static ProblemHttpResult CrossSiteAnswer() => Problems.Forbidden(
        SameOrigin.Code, "This request was not made by one of the platform's own pages.", $"Own pages send the header {SessionDoor.OwnPageHeader}: 1.");

    public static Refusal IssuerAway() => new(TypedResults.Problem(
        statusCode: StatusCodes.Status503ServiceUnavailable,
        type: Problems.TypeOf("session.issuer-away"),
        title: "The session's access cannot be renewed at the moment.",
        detail: "The sign-in service does not answer. Try again in a few seconds."));

    public static ProblemHttpResult ForeignReturn() => Problems.BadRequest(
        "session.foreign-return", "The page to return to is not one of this platform.", "return is a path from the root, at most 1024 characters, encoded as in a URL.");
}
