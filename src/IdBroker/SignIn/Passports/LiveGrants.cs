using System.Net.Http.Headers;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;

namespace Kakehashi.IdBroker.SignIn.Passports;

/// <summary>Asks Consent which committees' permissions a person has at this moment. Nothing is remembered: a withdrawn grant is gone at once.</summary>
public sealed class LiveGrants(AccessTokens tokens, IOptions<IdBrokerOptions> options, ILogger<LiveGrants> logger) : IDisposable
{
    private readonly HttpClient _http = IssuerDocument.CreateHttpClient();

    /// <summary>Null when Consent gives no answer: then nobody can say what the person may use.</summary>
    public async Task<IReadOnlyList<VisaStatement>?> FindAsync(string accountId, CancellationToken ct)
    {
        if (options.Value.ConsentUrl is not { } consent)
        {
            return [];
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(consent, $"grants/live?subject={Uri.EscapeDataString(accountId)}"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.IssueOwn());
            using var answer = await _http.SendAsync(request, ct);
            answer.EnsureSuccessStatusCode();
            var grants = JsonSerializer.Deserialize<IReadOnlyList<LiveGrant>>(await answer.Content.ReadAsByteArrayAsync(ct), ServiceDefaultsExtensions.Json)!;
            return [.. grants.Select(grant => new VisaStatement(
                VisaWords.ControlledAccessGrants, grant.Value, grant.Source, VisaWords.ByCommittee, grant.AssertedAt, grant.Until))];
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException || (fault is TaskCanceledException && !ct.IsCancellationRequested))
        {
            Log.NoAnswerFromConsent(logger, fault);
            return null;
        }
    }

    public void Dispose() => _http.Dispose();
}
