using System.Text.Json;
using Kakehashi.Contracts;

namespace Kakehashi.IdBroker.SignIn.Passports;

/// <summary>What one visa says (GA4GH Passport 1.2).</summary>
/// <param name="Source">URL of who asserted it.</param>
/// <param name="By">dac, system, so, self or peer.</param>
/// <param name="Until">The visa must not outlive what it says.</param>
public sealed record VisaStatement(string Type, string Value, string Source, string By, DateTimeOffset AssertedAt, DateTimeOffset? Until = null)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject(VisaWords.VisaClaim);
        json.WriteString("type", Type);
        json.WriteNumber("asserted", AssertedAt.ToUnixTimeSeconds());
        json.WriteString("value", Value);
        json.WriteString("source", Source);
        json.WriteString("by", By);
        json.WriteEndObject();
    }
}
