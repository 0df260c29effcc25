using System.Text.Json;
using Dapper;
using Kakehashi.TestKit;
using Microsoft.Playwright;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>The whole way of a person of a SAML federation: institution, bridge, IdBroker, account.</summary>
public sealed class SamlSignInTests(Browser browser)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_of_a_federation_gets_an_account_and_finds_it_again()
    {
        SamlBridge.Require();
        await using var bridge = new SamlBridge();
        await using var broker = new TestBroker
        {
            Host = "localhost",
            MoreSettings = async issuer =>
            {
                bridge.RedirectUri = $"{issuer}/institutions/federation/callback";
                await bridge.InitializeAsync();
                return [$"--IdBroker:InstitutionsFile={await WriteInstitutionsAsync(bridge)}"];
            },
        };
        await broker.InitializeAsync();

        await SignInAsync(broker, "ito", isNew: true);
        await SignInAsync(broker, "ito-again", isNew: false); // by the same subject-id, in another spelling

        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        var (account, affiliations, orcid) = await connection.QuerySingleAsync<(string, string[], string)>(
            """
            SELECT account_id, affiliations, orcid FROM identity_link JOIN account USING (account_id)
            WHERE issuer = @Issuer AND ended_at IS NULL
            """,
            new { bridge.Issuer });
        Assert.Matches("^u[0-9a-f]{32}$", account);
        Assert.Equal(["faculty@example.ac.jp", "member@example.ac.jp"], affiliations);
        Assert.Equal("0000-0002-1825-0097", orcid);
        var sessions = await connection.QueryAsync<string>(
            "SELECT acr FROM sign_in_session WHERE account_id = @account ORDER BY started_at", new { account });
        Assert.Equal([SamlPerson.Mfa, "https://refeds.org/profile/sfa"], sessions);
    }

    private Task SignInAsync(TestBroker broker, string login, bool isNew) => browser.VisitAsync(
        async visit =>
        {
            await visit.Page.GotoAsync($"{broker.Issuer}/institutions/federation/start");
            await visit.Page.FillAsync("input[name=login]", login);
            await visit.Page.ClickAsync("button");
            if (isNew)
            {
                await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Make my account" }).ClickAsync();
            }

            await visit.Page.WaitForURLAsync($"{broker.Issuer}/account");
        },
        Ct);

    private static async Task<string> WriteInstitutionsAsync(SamlBridge bridge)
    {
        var institution = new
        {
            slug = "federation",
            issuer = bridge.Issuer,
            nameJa = "学認",
            nameEn = "GakuNin",
            org = "GakuNin",
            clientId = SamlBridge.ClientId,
            authentication = "client_secret_basic",
            secretFile = "client-secret",
            affiliationScopes = new[] { "example.ac.jp" },
            twoFactors = new { acr = new[] { SamlPerson.Mfa } },
        };
        var file = Path.Combine(bridge.Folder.FullName, "institutions.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(new { institutions = new[] { institution } }), Ct);
        return file;
    }
}
