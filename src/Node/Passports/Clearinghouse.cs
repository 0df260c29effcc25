using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Passports;

/// <summary>Visas as they came in: those that count, and why the others do not.</summary>
public sealed record CheckedVisas(IReadOnlyList<Visa> Accepted, IReadOnlyList<RefusedVisa> Refused);

/// <summary>
/// The biobank's passport clearinghouse (GA4GH AAI 1.2.1). It verifies each visa with the keys of its issuer, which it has from
/// its own configuration: nothing that a visa says is fetched.
/// </summary>
public sealed class Clearinghouse(PassportPolicy policy, IReadOnlyDictionary<string, FindKey> keys, TimeProvider clock)
{
    public const int MostVisas = 100;

    /// <summary>Verifies signatures and reads visas; at most <see cref="MostVisas"/>.</summary>
    public async ValueTask<CheckedVisas> CheckAsync(IReadOnlyList<string> visas, CancellationToken ct)
    {
        List<Visa> accepted = [];
        List<RefusedVisa> refused = [];
        for (var i = 0; i < visas.Count; i++)
        {
            var (visa, refusal) = await ReadAsync(visas[i], ct);
            if (visa is not null)
            {
                accepted.Add(visa);
            }
            else
            {
                refused.Add(new(i, refusal!, VisaRefusals.Texts[refusal!]));
            }
        }

        return new(accepted, refused);
    }

    /// <summary>Whether they open a dataset to the caller.</summary>
    public PassportDecision Decide(string dataset, VisaIdentity caller, CheckedVisas visas, int seconds) =>
        PassportRules.Decide(dataset, caller, visas.Accepted, policy, clock.GetUtcNow().ToUnixTimeSeconds(), seconds);

    private async ValueTask<(Visa? Visa, string? Refusal)> ReadAsync(string token, CancellationToken ct)
    {
        if (CompactJws.Read(token, out var unreadable, allowKeySetUrl: true) is not { } jws)
        {
            return (null, ForVisas(unreadable!));
        }

        if (!StrictJson.TryReadObject(jws.Payload, out var claims))
        {
            return (null, VisaRefusals.Malformed);
        }

        var issuer = claims.Text("iss") ?? "";
        if (VisaRules.WhyNotHeader(jws, issuer, policy) is { } refusal)
        {
            return (null, refusal);
        }

        var (key, unknown) = await keys[issuer](jws.KeyId!, ct);
        return WhyNotSigned(jws, key, unknown) is { } unsigned
            ? (null, unsigned)
            : (VisaRules.Read(claims, policy, clock.GetUtcNow().ToUnixTimeSeconds(), out var why), why);
    }

    private static string? WhyNotSigned(CompactJws jws, VerificationKey? key, string? unknown) => key switch
    {
        null => ForVisas(unknown ?? TokenRefusals.UnknownKey),
        _ when key.Algorithm != jws.Algorithm => VisaRefusals.UnsuitableKey,
        _ when !key.Verify(jws) => VisaRefusals.WrongSignature,
        _ => null,
    };

    private static string ForVisas(string refusal) => refusal switch
    {
        TokenRefusals.TooLarge => VisaRefusals.TooLarge,
        TokenRefusals.ForbiddenHeader => VisaRefusals.ForbiddenHeader,
        TokenRefusals.UnknownKey => VisaRefusals.UnknownKey,
        TokenRefusals.IssuerUnavailable => VisaRefusals.IssuerUnavailable,
        _ => VisaRefusals.Malformed,
    };
}
