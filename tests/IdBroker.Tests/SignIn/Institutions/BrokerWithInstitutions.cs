using System.Text.Json;
using Dapper;
using Kakehashi.TestKit;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

/// <summary>
/// A running IdBroker with three institutions: <c>alpha</c> (we prove ourselves with our key) and <c>beta</c> (with a secret), played by a
/// certified provider, and <c>bad</c>, which misbehaves on demand. A fourth, <c>gone</c>, does not answer.
/// </summary>
public sealed class BrokerWithInstitutions : IAsyncLifetime
{
    public const string Alpha = "alpha";
    public const string Beta = "beta";
    public const string Bad = "bad";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("institutions-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public TestBroker Broker { get; private set; } = null!;

    public PlayedInstitution AlphaItself { get; private set; } = null!;

    public PlayedInstitution BetaItself { get; private set; } = null!;

    public PlayedInstitution BadItself { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Broker = new() { MoreSettings = PrepareAsync };
        await Broker.InitializeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Broker.DisposeAsync();
        await AlphaItself.DisposeAsync();
        await BetaItself.DisposeAsync();
        await BadItself.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public TestBrowser NewVisitor() => new(new Uri(Broker.Issuer));

    public async Task<T> AskAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Broker.ConnectionString);
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async Task<IReadOnlyList<T>> ListAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = new NpgsqlConnection(Broker.ConnectionString);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    /// <summary>The account that an identity opens.</summary>
    public Task<string> AccountOfAsync(PlayedInstitution institution, string login) => AskAsync<string>(
        "SELECT account_id FROM identity_link WHERE issuer = @Issuer AND subject = @subject AND ended_at IS NULL",
        new { institution.Issuer, subject = institution.People.Single(person => person.Login == login).Sub });

    /// <summary>The account of the session that a visitor's cookie stands for; null without a live one.</summary>
    public Task<string?> SignedInAsync(TestBrowser visitor) => AskAsync<string?>(
        "SELECT account_id FROM sign_in_session WHERE secret_hash = sha256(convert_to(@secret, 'UTF8')) AND ended_at IS NULL",
        new { secret = visitor.Cookies.GetValueOrDefault("__Host-kakehashi-id") });

    /// <summary>Reasons of refusals at an institution, oldest first, as the ledger will hear them.</summary>
    public Task<IReadOnlyList<string>> RefusalsAsync(string slug) => ListAsync<string>(
        """
        SELECT convert_from(leaf, 'UTF8')::jsonb ->> 'reason' FROM access_event
        WHERE kind = 'institution.refused' AND subject = @slug ORDER BY access_event_id
        """,
        new { slug });

    private async Task<IReadOnlyList<string>> PrepareAsync(string issuer)
    {
        AlphaItself = await PlayedInstitution.StartAsync(Callback(Alpha), Ct, new Dictionary<string, object>
        {
            ["token_endpoint_auth_method"] = "private_key_jwt",
            ["token_endpoint_auth_signing_alg"] = "ES256",
            ["jwks_uri"] = $"{issuer}/jwks",
        });
        BetaItself = await PlayedInstitution.StartAsync(
            Callback(Beta), Ct, new Dictionary<string, object> { ["id_token_signed_response_alg"] = "RS256" }, claimsInIdToken: true);
        BadItself = await PlayedInstitution.StartBadAsync(Callback(Bad), Ct);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "secret"), PlayedInstitution.ClientSecret + "\n", Ct);
        var file = Path.Combine(_folder.FullName, "institutions.json");
        var twoFactors = new { acr = new[] { "https://refeds.org/profile/mfa" } };
        await File.WriteAllTextAsync(
            file,
            JsonSerializer.Serialize(new
            {
                institutions = new object[]
                {
                    Entry(Alpha, AlphaItself.Issuer, "アルファ大学", "private_key_jwt", null, ["example.ac.jp"], twoFactors, null),
                    Entry(Beta, BetaItself.Issuer, "ベータ研究所", "client_secret_basic", "secret", ["example.ac.jp"], twoFactors, null),
                    // Another name for the name: so that the ID token never tells enough, and userinfo is asked.
                    Entry(Bad, BadItself.Issuer, "困った大学", "client_secret_post", "secret", ["example.ac.jp"], twoFactors, new { name = "display_name" }),
                    Entry("gone", "http://127.0.0.1:9", "休校", "private_key_jwt", null, [], twoFactors, null),
                },
            }),
            Ct);
        return [$"--IdBroker:InstitutionsFile={file}"];

        string Callback(string slug) => $"{issuer}/institutions/{slug}/callback";
    }

    private static object Entry(
        string slug, string issuer, string nameJa, string authentication, string? secretFile, string[] affiliationScopes, object twoFactors, object? claims) => new
        {
            slug,
            issuer,
            nameJa,
            nameEn = $"{slug} university",
            org = $"University {slug}",
            clientId = PlayedInstitution.ClientId,
            authentication,
            secretFile,
            affiliationScopes,
            twoFactors,
            claims,
        };
}
