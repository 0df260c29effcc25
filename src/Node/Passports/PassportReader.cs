using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Passports;

/// <summary>The visas of a passport as it was sent; or why it cannot be used, and whether asking later may help.</summary>
public sealed record ReadPassport(IReadOnlyList<string> Visas, string? WhyNot = null, bool IsTransient = false);

/// <summary>
/// Takes the visas out of a passport. A bare list of visas proves nothing and needs no proof: each visa speaks for itself. A
/// passport JWT must be whole, signed by the platform as the broker, made for the platform, and the caller's own.
/// </summary>
public sealed class PassportReader(string broker, FindKey brokersKeys, TimeProvider clock)
{
    private const int LargestPassport = 256 << 10;

    private static readonly string[] Algorithms = [VerificationKey.Es256, VerificationKey.Rs256];

    private readonly TokenExpectations _expected = new(broker, Audiences.Platform)
    {
        Type = VisaWords.PassportType,
        Algorithms = Algorithms,
        Claims = ["sub"],
    };

    public async ValueTask<ReadPassport> ReadAsync(JsonElement passport, string caller, CancellationToken ct)
    {
        if (passport.ValueKind != JsonValueKind.String)
        {
            return List(passport);
        }

        if (CompactJws.Read(passport.GetString()!, out var malformed, LargestPassport) is not { } jws)
        {
            return Refuse(malformed!);
        }

        if (TokenRules.WhyNotHeader(jws, _expected) is { } refusal)
        {
            return Refuse(refusal);
        }

        var (key, unknown) = await brokersKeys(jws.KeyId!, ct);
        if (key is null)
        {
            return Refuse(unknown ?? TokenRefusals.UnknownKey);
        }

        var (claims, wrong) = TokenVerifier.Verify(jws, key, _expected, clock.GetUtcNow());
        return wrong is not null ? Refuse(wrong)
            : claims.Text("sub") != caller ? Refuse(TokenRefusals.WrongSubject)
            : claims.TryGetProperty(VisaWords.PassportClaim, out var visas) ? List(visas)
            : Refuse(TokenRefusals.ClaimMissing);
    }

    private static ReadPassport List(JsonElement visas) =>
        visas.ValueKind == JsonValueKind.Array
        && visas.GetArrayLength() <= Clearinghouse.MostVisas
        && visas.EnumerateArray().All(visa => visa.ValueKind == JsonValueKind.String)
            ? new([.. visas.EnumerateArray().Select(visa => visa.GetString()!)])
            : new([], $"A passport is a signed JWT, or a list of at most {Clearinghouse.MostVisas} visas, each a signed JWT.");

    private static ReadPassport Refuse(string code) =>
        new([], $"{code}: {TokenRefusals.Texts[code].Title}", code == TokenRefusals.IssuerUnavailable);
}
