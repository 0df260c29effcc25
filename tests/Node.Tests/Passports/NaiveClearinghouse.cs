using System.Text.Json;

namespace Kakehashi.Node.Tests.Passports;

/// <summary>
/// The standard's text as a program that only wants to be right: tries everything, remembers nothing. Takes the claims of visas
/// that are signed as they should be; trusts as <see cref="House"/> does.
/// </summary>
internal static class NaiveClearinghouse
{
    public static bool Permits(IReadOnlyList<Claimed> visas, long now = Claimed.Now)
    {
        var good = visas.Where(visa => IsGood(visa, now)).ToList();
        return good.Any(grant => grant is { Type: "ControlledAccessGrants", Value: Claimed.Dataset, By: "dac", Source: Claimed.Committee }
            && IsSame((grant.Subject, grant.Issuer), ("u1", Claimed.First), good, 8)
            && (grant.Conditions is null || JsonElement.Parse(grant.Conditions).EnumerateArray().Any(all => all.EnumerateArray().Any()
                && all.EnumerateArray().All(clause => good.Any(visa => visa.Conditions is null && Meets(visa, clause)
                    && IsSame((grant.Subject, grant.Issuer), (visa.Subject, visa.Issuer), good, 8))))));
    }

    private static bool IsGood(Claimed visa, long now) =>
        visa.Expires > now
        && ((visa.Issuer == Claimed.First && visa.Source is Claimed.Registry or Claimed.Committee)
            || (visa.Issuer == Claimed.Second && visa.Source == Claimed.Registry))
        && !(visa.Type == "ControlledAccessGrants" && visa.By is null);

    private static bool Meets(Claimed visa, JsonElement clause) => clause.EnumerateObject().All(member => member.Name switch
    {
        "type" => visa.Type == member.Value.GetString(),
        "value" => $"const:{visa.Value}" == member.Value.GetString(),
        _ => $"const:{visa.By}" == member.Value.GetString() && visa.By is not null,
    });

    private static bool IsSame((string Subject, string Issuer) one, (string Subject, string Issuer) other, List<Claimed> good, int steps) =>
        one == other || (steps > 0 && good.Where(visa => visa is { Type: "LinkedIdentities", Conditions: null }).Any(visa =>
        {
            var ids = visa.Value.Split(';').Select(entry => entry.Split(',').Select(Uri.UnescapeDataString).ToArray())
                .Select(pair => (pair[0], pair[1])).Append((visa.Subject, visa.Issuer)).ToList();
            return ids.Contains(one) && ids.Any(next => next != one && IsSame(next, other, good, steps - 1));
        }));
}
