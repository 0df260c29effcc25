using System.Text.RegularExpressions;
using Kakehashi.Contracts;

namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>
/// What an access event must be, for the service that writes it and for the log that takes it alike: what the log would refuse
/// must not wait before everything that comes after it. Pure.
/// </summary>
public static partial class AccessEventRules
{
    private const int LongestReason = 255; // the address of the terms that somebody accepted

    private static readonly (string Rule, Func<AccessEvent, bool> Holds)[] Bounds =
    [
        ("version is 1", e => e.Version == 1),
        ("eventId is a UUIDv7", e => LedgerFields.IsId(e.EventId)),
        ("at is in UTC, from 2020 and before 2100", e => LedgerFields.IsTime(e.At)),
        ("kind is noun.past-participle, of at most 64 characters", e => e.Kind.Length <= 64 && Kind().IsMatch(e.Kind)),
        ("actor is text of 1 to 200 characters", e => LedgerFields.IsText(e.Actor)),
        ("subject is text of 1 to 200 characters", e => LedgerFields.IsText(e.Subject)),
        ("client is absent or text of 1 to 200 characters", e => e.Client is null || LedgerFields.IsText(e.Client)),
        ("reason is absent or text of 1 to 255 characters", e => e.Reason is null || LedgerFields.IsText(e.Reason, LongestReason)),
        ("reason holds nothing that looks like a secret", e => e.Reason is null || !LedgerFields.LooksSecret(e.Reason)),
        ("acr is absent or known", e => e.Acr is null or Assurance.Sfa or Assurance.Mfa),
    ];

    /// <summary>The rule that the event breaks; null when it keeps all.</summary>
    public static string? WhyNot(AccessEvent entry) => Array.Find(Bounds, bound => !bound.Holds(entry)).Rule;

    [GeneratedRegex(@"\A[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*\z")]
    private static partial Regex Kind();
}
