using System.Security.Claims;
using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Kakehashi.Gateway.Proofs;

/// <summary>
/// Tokens that are bound to their holder's key (RFC 9449) come in only with a proof made for this one request; services behind
/// the door see an ordinary bearer token. What is public judges for itself: the IdBroker checks proofs of its own.
/// </summary>
public static class ProofDoor
{
    private const string Prefix = DpopProofs.Scheme + " ";

    private static readonly string Algorithms = $"algs=\"{string.Join(' ', DpopProofs.Algorithms)}\"";

    /// <summary>Before authentication: takes the token out of the scheme DPoP.</summary>
    public static Task TakeAsync(HttpContext context, RequestDelegate next)
    {
        if (IsJudgedHere(context) && context.Request.Headers.Authorization is [{ } only] && only.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
        {
            context.Features.Set(new Shown(only[Prefix.Length..]));
            context.Request.Headers.Authorization = $"{TokenAuthentication.Scheme} {only[Prefix.Length..]}";
            context.Response.OnStarting(ChallengeInKind, context);
        }

        return next(context);
    }

    /// <summary>
    /// After authentication: a bound token needs its proof, and only a bound token may come with one. As a plain bearer a bound token passes nowhere,
    /// not to what is public either: behind it are operations for which the token would count.
    /// </summary>
    public static Task JudgeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.User.Identity?.IsAuthenticated == true && WhyNot(context, context.Features.Get<Shown>()) is { } code)
        {
            context.User = new ClaimsPrincipal(new ClaimsIdentity());
            context.Features.Set(ProofProblems.Refuse(code));
        }

        return next(context);
    }

    /// <summary>After the rate limits, because it costs a write: each proof counts once.</summary>
    public static async Task UseUpAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<Shown>() is { } shown)
        {
            if (shown.Proof is { } proof && !await context.RequestServices.GetRequiredService<UsedProofs>().TryUseAsync(proof, context.RequestAborted))
            {
                context.Features.Set(ProofProblems.Refuse(ProofRefusals.Replayed));
            }

            context.Request.Headers.Remove(DpopProofs.Scheme); // it was for this door
        }

        await next(context);
    }

    private static bool IsJudgedHere(HttpContext context) =>
        context.GetEndpoint() is { } endpoint && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null;

    private static string? WhyNot(HttpContext context, Shown? shown)
    {
        var (isBound, thumbprint) = DpopProofs.BindingOf(context.User);
        if (shown is null || !isBound)
        {
            return isBound ? ProofProblems.ProofNeeded : shown is not null ? ProofProblems.NotBound : null;
        }

        var request = context.Request;
        var origin = context.RequestServices.GetRequiredService<IOptions<GatewayOptions>>().Value.Origin;
        var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
        var proof = DpopProofs.Check(
            request.Headers[DpopProofs.Scheme], request.Method, new(origin + request.Path.ToUriComponent()), shown.Token, now, out var refusal);
        if (proof is not null && proof.KeyThumbprint != thumbprint)
        {
            return ProofRefusals.WrongHolder;
        }

        shown.Proof = proof;
        return refusal;
    }

    /// <summary>Whoever came with a proof is challenged for one, by us and by the services behind us (RFC 9449 section 7.1).</summary>
    private static Task ChallengeInKind(object state)
    {
        var headers = ((HttpContext)state).Response.Headers;
        if (headers.WWWAuthenticate is [{ } only] && only.StartsWith(TokenAuthentication.Scheme, StringComparison.Ordinal))
        {
            var parameters = only[TokenAuthentication.Scheme.Length..].Trim();
            headers[HeaderNames.WWWAuthenticate] = parameters.Length == 0 ? Prefix + Algorithms : $"{Prefix}{parameters}, {Algorithms}";
        }

        return Task.CompletedTask;
    }

    /// <summary>A token that came under the scheme DPoP, and its proof once it is found good.</summary>
    private sealed class Shown(string token)
    {
        public string Token { get; } = token;

        public DpopProof? Proof { get; set; }
    }
}
