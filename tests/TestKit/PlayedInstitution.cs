using System.Net;
using System.Text.Json;

namespace Kakehashi.TestKit;

/// <summary>
/// A person's home institution on loopback: an OpenID provider by others where people sign in by their login name alone,
/// or (<see cref="StartBadAsync"/>) one that misbehaves in exactly one way at a time.
/// </summary>
public sealed class PlayedInstitution : IAsyncDisposable
{
    private readonly NodeScript _script;

    private PlayedInstitution(NodeScript script, string issuer, IReadOnlyList<PlayedPerson> people) =>
        (_script, Issuer, People) = (script, issuer, people);

    public string Issuer { get; }

    public static string ClientId => "kakehashi";

    public static string ClientSecret => "a-secret-shared-with-the-institution";

    public IReadOnlyList<PlayedPerson> People { get; private set; }

    /// <param name="client">Further or other members of the client's registration, as OpenID names them.</param>
    public static Task<PlayedInstitution> StartAsync(
        string redirectUri, CancellationToken ct, IReadOnlyDictionary<string, object>? client = null, bool claimsInIdToken = false) =>
        StartAsync("institution.mjs", redirectUri, client, claimsInIdToken, ct);

    /// <summary>Correct until told to misbehave; whoever comes is signed in at once as the first of the people.</summary>
    public static Task<PlayedInstitution> StartBadAsync(string redirectUri, CancellationToken ct) =>
        StartAsync("bad-institution.mjs", redirectUri, null, false, ct);

    /// <summary>Does one thing wrong from now on; the names are in bad-institution.mjs, "nothing" is a correct answer.</summary>
    public Task MisbehaveAsync(string how, CancellationToken ct) => _script.AskAsync(new { @do = "misbehave", how }, ct);

    /// <summary>Signs with a new key from now on and answers its id. The old key stays published unless it is forgotten.</summary>
    public async Task<string> RotateKeysAsync(CancellationToken ct, bool forget = false) =>
        (await _script.AskAsync(new { @do = "rotate", forget }, ct)).GetProperty("kid").GetString()!;

    /// <summary>From now on these are its people, with these claims.</summary>
    public async Task ChangePeopleAsync(IReadOnlyList<PlayedPerson> people, CancellationToken ct)
    {
        await _script.AskAsync(new { @do = "people", people }, ct);
        People = people;
    }

    /// <summary>What the person's browser does between the request to the institution and the way back, which it answers.</summary>
    public async Task<Uri> SignInAsync(Uri request, string login, CancellationToken ct)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new() };
        using var http = new HttpClient(handler);
        var here = new Uri(Issuer);
        for (var place = request; ;)
        {
            using var answer = await http.GetAsync(place, ct);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                using var form = new FormUrlEncodedContent([KeyValuePair.Create("login", login)]);
                using var posted = await http.PostAsync(place, form, ct);
                place = Next(place, posted);
            }
            else
            {
                place = Next(place, answer);
            }

            if (place.Authority != here.Authority)
            {
                return place;
            }
        }
    }

    public ValueTask DisposeAsync() => _script.DisposeAsync();

    private static Uri Next(Uri place, HttpResponseMessage answer) => answer.Headers.Location is { } location
        ? new Uri(place, location)
        : throw new InvalidOperationException($"The institution answered {(int)answer.StatusCode} at {place}.");

    private static async Task<PlayedInstitution> StartAsync(
        string script, string redirectUri, IReadOnlyDictionary<string, object>? client, bool claimsInIdToken, CancellationToken ct)
    {
        var registration = new Dictionary<string, object>
        {
            ["client_id"] = ClientId,
            ["client_secret"] = ClientSecret,
            ["redirect_uris"] = new[] { redirectUri },
            ["response_types"] = new[] { "code" },
            ["grant_types"] = new[] { "authorization_code" },
        };
        foreach (var (name, value) in client ?? new Dictionary<string, object>())
        {
            registration[name] = value;
        }

        var settings = new { client = registration, people = PlayedPerson.Everybody, claimsInIdToken };
        var run = NodeScript.Start(script, JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
        var ready = await run.NextAsync(ct);
        return new(run, ready.GetProperty("issuer").GetString()!, PlayedPerson.Everybody);
    }
}
