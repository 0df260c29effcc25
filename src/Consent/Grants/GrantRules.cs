using System.Security.Claims;
using System.Text.RegularExpressions;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Consent.Grants;

/// <summary>Why a grant cannot be recorded as it stands, and where in the request the fault is.</summary>
public sealed record GrantFault(string Code, string Title, string Expected, string At);

/// <summary>Who may grant access, and what a grant must say. Pure.</summary>
public static partial class GrantRules
{
    public const int LongestReason = 500;
    public const int MostPeople = 100;
    public const int LongestSubject = 200;

    private const int MostDiseases = 20;

    /// <summary>Nobody's need for data is judged for longer than this; what goes on is granted anew.</summary>
    public static readonly TimeSpan LongestPeriod = TimeSpan.FromDays(3 * 366);

    /// <summary>The biobanks whose data access committee the caller chairs.</summary>
    public static IReadOnlyList<string> ChairsOf(ClaimsPrincipal caller) => caller.BiobanksAs(Roles.DacChair);

    /// <summary>The biobanks whose grants the caller may see: as the committee's chair or as a data steward.</summary>
    public static IReadOnlyList<string> OverseenBy(ClaimsPrincipal caller) => caller.BiobanksAs(Roles.DacChair, Roles.Steward);

    /// <summary>Nobody decides on their own: not as one of those who are granted access, nor as a member of their project.</summary>
    public static bool IsOwn(ClaimsPrincipal caller, string callersId, string project, IEnumerable<string> people) =>
        people.Contains(callersId) || caller.HasClaim(TokenClaims.Projects, project);

    /// <summary>Null when the grant can be recorded.</summary>
    public static GrantFault? WhyNot(RecordGrant.Request grant, DateTimeOffset now)
    {
        var from = grant.From ?? now;
        return grant switch
        {
            _ when string.IsNullOrWhiteSpace(grant.Reason) || grant.Reason.Length > LongestReason =>
                new("consent.reason", "Say why.", $"A reason of 1 to {LongestReason} characters.", "/reason"),
            _ when !Slug().IsMatch(grant.Dataset) => new("consent.dataset", "This names no dataset.", "A dataset's id such as 'bbj-first'.", "/dataset"),
            _ when !Slug().IsMatch(grant.Project) => new("consent.project", "This names no project.", "A project's slug such as 'sugar'.", "/project"),
            { People.Count: 0 or > MostPeople } =>
                new("consent.people", "Say who is granted access.", $"1 to {MostPeople} accounts.", "/people"),
            _ when !grant.People.All(person => person is { Length: > 0 and <= LongestSubject }) || grant.People.Distinct().Count() != grant.People.Count =>
                new("consent.people", "This names no account, or one twice.", $"Account ids of at most {LongestSubject} characters.", "/people"),
            _ when WhyNotPurpose(grant.Purpose) is { } expected => new("consent.purpose", "This purpose is not complete.", expected, "/purpose"),
            _ when grant.Until <= from || grant.Until <= now || grant.Until - from > LongestPeriod =>
                new("consent.period", "No such period.", $"It ends in the future, after its beginning and at most {LongestPeriod.TotalDays:F0} days after it.", "/until"),
            _ => null,
        };
    }

    /// <summary>How a grant stands at a moment: <c>revoked</c>, <c>ended</c>, <c>pending</c> or <c>live</c>.</summary>
    public static string StateOf(DateTimeOffset from, DateTimeOffset until, DateTimeOffset? revokedAt, DateTimeOffset now) => now switch
    {
        _ when revokedAt <= now => "revoked",
        _ when until <= now => "ended",
        _ when now < from => "pending",
        _ => "live",
    };

    private static string? WhyNotPurpose(Purpose purpose) => purpose switch
    {
        _ when !Enum.IsDefined(purpose.Use) => "use is GRU, HMB, DS, POA or MDS.",
        { Use: ResearchUse.DS, Diseases.Count: 0 } or { Use: not ResearchUse.DS, Diseases.Count: > 0 } =>
            "A disease-specific purpose (DS), and no other, names diseases.",
        { Diseases.Count: > MostDiseases } => $"At most {MostDiseases} diseases.",
        _ when !purpose.Diseases.All(disease => disease is not null && Curie().IsMatch(disease)) => "Diseases are CURIEs such as ICD10:E11.",
        _ when !Country().IsMatch(purpose.Country) => "The country is an ISO 3166-1 alpha-2 code such as JP.",
        _ => null,
    };

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,30}\z")]
    private static partial Regex Slug();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9]{1,15}:[A-Za-z0-9][A-Za-z0-9._-]{0,39}\z")]
    private static partial Regex Curie();

    [GeneratedRegex(@"\A[A-Z]{2}\z")]
    private static partial Regex Country();
}
