using System.Text.RegularExpressions;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Authorizations;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// Where a sign-in shall lead: back to the request that waits for it, else to the person's account. It stays in the query of
/// every page on the way.
/// </summary>
/// <param name="Request">Id of the waiting request, of a client or of one of our own pages.</param>
/// <param name="TwoFactors">Whether two factors are asked for, whatever the account's roles.</param>
public sealed partial record SignInGoal(string? Request = null, bool TwoFactors = false)
{
    /// <summary>Reads <c>request</c> and <c>acr</c>; what is malformed counts as absent.</summary>
    public static SignInGoal Of(HttpRequest request) => new(
        request.Query["request"] is [{ } id] && RequestId().IsMatch(id) ? id : null,
        request.Query["acr"] is [Assurance.Mfa]);

    /// <summary>What the waiting request asks for, where the way there was not through our own pages.</summary>
    public static async Task<SignInGoal> OfAsync(AuthorizationRequests requests, string? request, CancellationToken ct) =>
        request is not null && await requests.FindAsync(request, ct) is { } pending
            ? new(request, AuthorizationRules.Words(pending["acr_values"]).Contains(Assurance.Mfa))
            : new(request);

    /// <summary>The address of a page on the way.</summary>
    public string At(string path)
    {
        var query = QueryString.Empty;
        query = Request is null ? query : query.Add("request", Request);
        query = TwoFactors ? query.Add("acr", Assurance.Mfa) : query;
        return path + query;
    }

    /// <summary>Where the person goes once signed in.</summary>
    public string End(string issuer) => Request is not null
        ? $"{issuer}/authorize/resume?request={Uri.EscapeDataString(Request)}"
        : $"{issuer}/account";

    [GeneratedRegex(@"\A[A-Za-z0-9._~-]{1,128}\z")]
    private static partial Regex RequestId();
}
