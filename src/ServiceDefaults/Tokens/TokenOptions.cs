using System.ComponentModel.DataAnnotations;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>Section <c>Tokens</c>: whose tokens a service accepts, for which audience, and who it is as a client itself.</summary>
public sealed class TokenOptions : IValidatableObject
{
    public const string Section = "Tokens";

    /// <summary>Issuer identifier, compared exactly; its discovery document lies at {Authority}/.well-known/openid-configuration.</summary>
    [Required]
    public string Authority { get; set; } = "";

    /// <summary>The audience this service answers to; needed by services that accept tokens.</summary>
    public string Audience { get; set; } = "";

    [Range(0, 30)]
    public int ClockSkewSeconds { get; set; } = 5;

    /// <summary>The service's own client id; needed by services that ask for tokens.</summary>
    public string? ClientId { get; set; }

    /// <summary>PEM file (PKCS#8) with the client's EC P-256 private key.</summary>
    public string? ClientKeyFile { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IssuerDocument.IsSafe(Authority, out _) || Authority.EndsWith('/'))
        {
            yield return new("Tokens:Authority must be an https URL without a slash at its end (http only on loopback).", [nameof(Authority)]);
        }

        if (ClientId is null != ClientKeyFile is null)
        {
            yield return new("Tokens:ClientId and Tokens:ClientKeyFile belong together.", [nameof(ClientId), nameof(ClientKeyFile)]);
        }
    }
}
