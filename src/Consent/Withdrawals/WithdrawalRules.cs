using System.Security.Claims;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Consent.Withdrawals;

/// <summary>
/// Whose consent a caller may take back: participants their own, data stewards that of participants of their own biobanks.
/// Everything else looks like what does not exist.
/// </summary>
public static class WithdrawalRules
{
    public const int LongestReason = 500;

    /// <summary>The participant meant, or null when there is nobody the caller may act for.</summary>
    public static ParticipantRef? Target(ClaimsPrincipal caller, string biobank, ParticipantRef? named)
    {
        if (caller.IsIn(Roles.Participant) && Own(caller) is { } own && own.Biobank == biobank && (named ?? own.Participant) == own.Participant)
        {
            return own.Participant;
        }

        return StewardsOf(caller).Contains(biobank) ? named : null;
    }

    /// <summary>A data steward has to say which participant.</summary>
    public static bool MustNameParticipant(ClaimsPrincipal caller, string biobank, ParticipantRef? named) =>
        named is null && Own(caller)?.Biobank != biobank && StewardsOf(caller).Contains(biobank);

    /// <summary>The participant who is calling; null unless the claim reads <c>biobank/reference</c>.</summary>
    public static (string Biobank, ParticipantRef Participant)? Own(ClaimsPrincipal caller) =>
        caller.IsIn(Roles.Participant)
        && caller.FindFirstValue(TokenClaims.Participant)?.Split('/') is [{ Length: > 0 } biobank, var reference]
        && ParticipantRef.TryParse(reference, null, out var participant)
            ? (biobank, participant)
            : null;

    /// <summary>The biobanks a data steward acts for; none for anybody else.</summary>
    public static IReadOnlyList<string> StewardsOf(ClaimsPrincipal caller) =>
        caller.BiobanksAs(Roles.Steward);

    private static bool IsIn(this ClaimsPrincipal caller, string role) => caller.HasClaim(TokenClaims.Roles, role);
}
