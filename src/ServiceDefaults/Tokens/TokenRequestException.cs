namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>The issuer gave no token. <see cref="Error"/> is its OAuth error code (RFC 6749 section 5.2).</summary>
public sealed class TokenRequestException : Exception
{
    /// <summary>The code when the issuer could not be asked, or answered with nonsense.</summary>
    public const string Unreachable = "temporarily_unavailable";

    public TokenRequestException()
    {
    }

    public TokenRequestException(string message)
        : base(message)
    {
    }

    public TokenRequestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public TokenRequestException(string error, string description, Exception? fault = null)
        : base(description, fault) => Error = error;

    public string Error { get; } = Unreachable;
}
