using Kakehashi.Gateway.Doors;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Gateway.Proofs;

/// <summary>Refusals of tokens that are bound to a key, and of their proofs.</summary>
public static class ProofProblems
{
    public const string ProofNeeded = "token.proof-needed";
    public const string NotBound = "token.not-bound";

    private static readonly string Algorithms = string.Join(' ', DpopProofs.Algorithms);

    public static Refusal Refuse(string code)
    {
        var (title, detail, error) = code switch
        {
            ProofNeeded => ("This token works only with a proof of its holder's key.", "Send it as 'Authorization: DPoP <token>', with a proof in the header DPoP (RFC 9449).", "invalid_token"),
            NotBound => ("This token is bound to no key.", "Send it as 'Authorization: Bearer <token>', without a proof.", "invalid_token"),
            _ => (ProofRefusals.Texts[code].Title, ProofRefusals.Texts[code].Detail, DpopProofs.Error),
        };
        return new(
            TypedResults.Problem(statusCode: StatusCodes.Status401Unauthorized, type: Problems.TypeOf(code), title: title, detail: detail),
            $"{DpopProofs.Scheme} error=\"{error}\", algs=\"{Algorithms}\"");
    }
}
