using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Kakehashi.ServiceDefaults.Tokens;

/// <summary>The default scheme: an access token in the Authorization header, nowhere else. A refusal says which rule refused.</summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    TokenVerifier verifier,
    VerifiedTokens verified,
    IProblemDetailsService problems)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public new const string Scheme = "Bearer";

    private const string Prefix = "Bearer ";

    private string _refusal = TokenRefusals.Missing;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (TokenOf(Request.Headers.Authorization) is not { } token)
        {
            return AuthenticateResult.NoResult();
        }

        if (verified.Find(token) is { } known)
        {
            return AuthenticateResult.Success(new(known, Scheme));
        }

        var (claims, refusal) = await verifier.VerifyAsync(token, Context.RequestAborted);
        if (refusal is not null)
        {
            _refusal = refusal;
            Log.TokenRefused(Logger, refusal);
            return AuthenticateResult.Fail(refusal);
        }

        var user = TokenPrincipal.From(claims);
        verified.Add(token, user, DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty("exp").GetInt64()));
        return AuthenticateResult.Success(new(user, Scheme));
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_refusal == TokenRefusals.IssuerUnavailable)
        {
            Response.Headers.RetryAfter = "3";
            await WriteAsync(StatusCodes.Status503ServiceUnavailable, _refusal, TokenRefusals.Texts[_refusal]);
            return;
        }

        // RFC 6750 section 3.1: without a token the challenge carries no error code.
        Response.Headers.WWWAuthenticate = _refusal == TokenRefusals.Missing ? Scheme : $"{Scheme} error=\"invalid_token\"";
        await WriteAsync(StatusCodes.Status401Unauthorized, _refusal, TokenRefusals.Texts[_refusal]);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => WriteAsync(
        StatusCodes.Status403Forbidden,
        "access.forbidden",
        ("This account may not do this.", "The token is good, but none of its roles allows this operation."));

    private static string? TokenOf(StringValues header) =>
        header is [{ } only] && only.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? only[Prefix.Length..] : null;

    private async Task WriteAsync(int status, string code, (string Title, string Detail) text)
    {
        Response.StatusCode = status;
        Response.Headers[HeaderNames.CacheControl] = "no-store";
        await problems.TryWriteAsync(new()
        {
            HttpContext = Context,
            ProblemDetails = { Status = status, Type = Problems.TypeOf(code), Title = text.Title, Detail = text.Detail },
        });
    }
}
