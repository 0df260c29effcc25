using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Keys;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Passports;

/// <summary>Signs visas about a person, and the passport that holds them (GA4GH AAI 1.2.1): ES256, the platform as their issuer.</summary>
public sealed class Passports(KeyRing keys, PassportFacts facts, LiveGrants grants, IOptions<IdBrokerOptions> options, TimeProvider clock)
{
    /// <summary>All visas of the person; null when it cannot be said which grants they hold.</summary>
    public async Task<IReadOnlyList<string>?> VisasAsync(string accountId, CancellationToken ct)
    {
        if (await grants.FindAsync(accountId, ct) is not { } granted)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var statements = granted.Concat(await facts.FindAsync(accountId, ct)).Where(statement => PassportRules.EndOf(statement, now) > now);
        return [.. statements.Select(statement => Sign(accountId, statement, now))];
    }

    /// <summary>For one client, which shows it to clearinghouses.</summary>
    public string SignPassport(string accountId, string audience, IReadOnlyList<string> visas)
    {
        var now = clock.GetUtcNow();
        return keys.Active.Sign(VisaWords.PassportType, json =>
        {
            json.WriteString("iss", options.Value.Issuer);
            json.WriteString("sub", accountId);
            json.WriteString("aud", audience);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + PassportRules.PassportLife).ToUnixTimeSeconds());
            json.WriteString("jti", Guid.CreateVersion7(now).ToString("N"));
            json.WriteStartArray(VisaWords.PassportClaim);
            foreach (var visa in visas)
            {
                json.WriteStringValue(visa);
            }

            json.WriteEndArray();
        });
    }

    private string Sign(string accountId, VisaStatement statement, DateTimeOffset now) => keys.Active.Sign(
        VisaWords.VisaType,
        json =>
        {
            json.WriteString("iss", options.Value.Issuer);
            json.WriteString("sub", accountId);
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", PassportRules.EndOf(statement, now).ToUnixTimeSeconds());
            json.WriteString("jti", Guid.CreateVersion7(now).ToString("N"));
            statement.Write(json);
        },
        keySetUrl: $"{options.Value.Issuer}/jwks");
}
