using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Kakehashi.IdBroker.SignIn.Keys;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Turns the code that a browser brought into a person, by asking the institution itself.</summary>
public sealed class InstitutionTokens(
    KnownInstitutions institutions, KeyRing keys, IOptions<IdBrokerOptions> options, TimeProvider clock, ILogger<InstitutionTokens> logger)
{
    /// <summary>The person; or why not, one of <see cref="InstitutionRefusals"/>.</summary>
    public async Task<(ArrivedPerson? Person, string? Refusal)> RedeemAsync(
        Institution institution, InstitutionDocument document, string code, Visit visit, CancellationToken ct)
    {
        var (answer, refusal) = await AskAsync(institution, document, code, visit, ct);
        if (refusal is not null || answer.Text("id_token") is not { } idToken)
        {
            return (null, refusal ?? InstitutionRefusals.Malformed);
        }

        var (claims, refused) = await institution.VerifyAsync(idToken, ct);
        if (refused is not null)
        {
            return (null, IdTokenRules.ReasonFor(refused, idToken));
        }

        var accessToken = answer.Text("access_token");
        var demanded = new IdTokenDemands(institution.Entry.ClientId, visit.Nonce, accessToken, visit.ProofNotBefore);
        if (IdTokenRules.WhyNot(claims, demanded) is { } reason)
        {
            return (null, reason);
        }

        if (document.UserinfoEndpoint is null || accessToken is null || !ArrivedPerson.NeedsUserinfo(claims, institution.Entry))
        {
            return (ArrivedPerson.Read(claims, null, institution.Entry), null);
        }

        var (userinfo, unanswered) = await FetchUserinfoAsync(document.UserinfoEndpoint, accessToken, ct);
        return unanswered is not null ? (null, unanswered)
            : userinfo.Text("sub") != claims.Text("sub") ? (null, InstitutionRefusals.OtherSubject)
            : (ArrivedPerson.Read(claims, userinfo, institution.Entry), null);
    }

    private async Task<(JsonElement Answer, string? Refusal)> AskAsync(
        Institution institution, InstitutionDocument document, string code, Visit visit, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, document.TokenEndpoint);
        request.Content = new FormUrlEncodedContent(
        [
            new("grant_type", "authorization_code"),
            new("code", code),
            new("redirect_uri", institution.RedirectAddress(options.Value.Issuer)),
            new("code_verifier", visit.Verifier),
            .. Authenticate(institution, document, request),
        ]);
        var (json, status) = await SendAsync(request, ct);
        if (status is null or (>= 200 and < 300))
        {
            return (json, status is null || json.ValueKind != JsonValueKind.Object ? InstitutionRefusals.Unreachable : null);
        }

        var error = json.ValueKind == JsonValueKind.Object ? json.Text("error") : null;
        Log.InstitutionGaveNoToken(logger, institution.Slug, status.Value, error is "invalid_grant" or "invalid_client" ? error : "another error");
        return (default, error == "invalid_grant" ? InstitutionRefusals.SwappedCode : InstitutionRefusals.RefusedByInstitution);
    }

    /// <summary>RFC 6749 section 2.3.1 (id and secret are form-encoded before they are joined), or RFC 7523.</summary>
    private KeyValuePair<string, string>[] Authenticate(Institution institution, InstitutionDocument document, HttpRequestMessage request)
    {
        var entry = institution.Entry;
        switch (entry.Authentication)
        {
            case InstitutionAuthentication.SecretPost:
                return [new("client_id", entry.ClientId), new("client_secret", institution.Secret!)];
            case InstitutionAuthentication.SecretBasic:
                var pair = $"{Uri.EscapeDataString(entry.ClientId)}:{Uri.EscapeDataString(institution.Secret!)}";
                request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(pair)));
                return [];
            default:
                var audience = entry.AssertionAudience == "issuer" ? entry.Issuer : document.TokenEndpoint.OriginalString;
                return
                [
                    new("client_id", entry.ClientId),
                    new("client_assertion_type", ClientAssertion.AssertionType),
                    new("client_assertion", ClientAssertion.Create(keys.Active, entry.ClientId, audience, clock.GetUtcNow())),
                ];
        }
    }

    private async Task<(JsonElement Userinfo, string? Refusal)> FetchUserinfoAsync(Uri endpoint, string accessToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, endpoint);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", accessToken);
        var (json, status) = await SendAsync(request, ct);
        return status is >= 200 and < 300 && json.ValueKind == JsonValueKind.Object ? (json, null) : (default, InstitutionRefusals.Unreachable);
    }

    /// <summary>No status when nothing usable came back. What is no JSON object has no members.</summary>
    private async Task<(JsonElement Json, int? Status)> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        try
        {
            using var answer = await institutions.Http.SendAsync(request, ct);
            return StrictJson.TryReadObject(await answer.Content.ReadAsByteArrayAsync(ct), out var json)
                ? (json, (int)answer.StatusCode)
                : (default, (int)answer.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return (default, null);
        }
    }
}
