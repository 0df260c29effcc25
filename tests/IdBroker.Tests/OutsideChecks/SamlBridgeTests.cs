using System.Text.Json;
using System.Text.RegularExpressions;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>People of a SAML federation come in through the bridge: a certified OpenID client is told who they are.</summary>
public sealed class SamlBridgeTests(SamlBridge bridge, Browser browser) : IClassFixture<SamlBridge>
{
    // A message, of the bridge's refusal or of ours, or the institution's empty form once more.
    private const string Ended = "() => document.querySelector('.message') || document.querySelector('input[name=login]')?.value === ''";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_of_a_federation_signs_in_and_is_described()
    {
        SamlBridge.Require();
        var ito = await SignInAsync("ito");
        var claims = ito.GetProperty("userinfo");
        Assert.Equal(43, Subject(ito).Length);
        Assert.Equal(SamlPerson.Mfa, ito.GetProperty("idToken").GetProperty("acr").GetString());
        Assert.Equal(bridge.EntityId, claims.GetProperty("idp").GetString());
        Assert.Equal("伊藤 花", claims.GetProperty("name").GetString());
        Assert.Equal(["faculty@example.ac.jp", "member@example.ac.jp"], Texts(claims.GetProperty("eduperson_scoped_affiliation")));
        Assert.Equal(["https://refeds.org/assurance/IAP/medium"], Texts(claims.GetProperty("eduperson_assurance")));
        Assert.Equal("0000-0002-1825-0097", claims.GetProperty("orcid").GetString());
        Assert.DoesNotContain("ito@", ito.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("s123456", ito.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_person_keeps_the_subject_whatever_else_changes()
    {
        SamlBridge.Require();
        var (first, second, mori) = (await SignInAsync("ito"), await SignInAsync("ito-again"), await SignInAsync("mori"));
        Assert.Equal(Subject(first), Subject(second));
        Assert.NotEqual(Subject(first), Subject(mori));
        Assert.Equal(SamlPerson.Password, second.GetProperty("idToken").GetProperty("acr").GetString());
    }

    [Fact]
    public async Task The_institution_is_asked_for_what_the_client_demands_and_its_answer_is_passed_on()
    {
        SamlBridge.Require();
        var mori = await SignInAsync("mori");
        var asked = await bridge.AskedAsync(Ct);
        Assert.False(asked.GetProperty("forced").GetBoolean());
        Assert.Equal(0, asked.GetProperty("contexts").GetArrayLength());
        var saidAt = DateTimeOffset.FromUnixTimeSeconds(mori.GetProperty("idToken").GetProperty("auth_time").GetInt64());

        // When the institution last asked the person, not when the bridge heard of it.
        Assert.InRange(TimeProvider.System.GetUtcNow() - saidAt, TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(62));

        await SignInAsync("ito", new { prompt = "login", max_age = 0, acr_values = SamlPerson.Mfa });
        asked = await bridge.AskedAsync(Ct);
        Assert.True(asked.GetProperty("forced").GetBoolean());
        Assert.Equal([SamlPerson.Mfa], Texts(asked.GetProperty("contexts")));
    }

    [Fact]
    public async Task The_bridge_remembers_nobody()
    {
        SamlBridge.Require();
        await using var first = StartParty();
        await using var second = StartParty();
        var (one, two) = ((await first.NextAsync(Ct)).GetProperty("url").GetString()!, (await second.NextAsync(Ct)).GetProperty("url").GetString()!);
        await browser.VisitAsync(
            async visit =>
            {
                Assert.NotNull(await BackAsync(visit, one, "ito"));
                Assert.NotNull(await BackAsync(visit, two, "mori")); // asked again, in the same browser
            },
            Ct);
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("pretender")]
    public async Task Nobody_comes_in_without_a_lasting_identifier_of_the_own_institution(string login)
    {
        SamlBridge.Require();
        await RefusesAsync(login);
    }

    [Theory]
    [InlineData("unsigned")]
    [InlineData("wrong-key")]
    [InlineData("expired")]
    [InlineData("wrong-audience")]
    [InlineData("made-up-request")]
    public async Task What_an_institution_did_not_say_to_us_now_is_refused(string fault)
    {
        SamlBridge.Require();
        await bridge.MisbehaveAsync(fault, Ct);
        try
        {
            await RefusesAsync("mori");
        }
        finally
        {
            await bridge.MisbehaveAsync("nothing", Ct);
        }
    }

    [Theory]
    [InlineData("as it is", "")]
    [InlineData("another scope", "xmlsec1 refused")]
    [InlineData("another signer", "xmlsec1 refused")]
    [InlineData("part of it signed", "is not signed as a whole")]
    [InlineData("a weak hash", "which is too weak")]
    [InlineData("too old", "was valid until 2020")]
    [InlineData("another institution", "No institution is let in")]
    public async Task A_federations_metadata_counts_only_as_it_was_signed(string change, string refusal)
    {
        SamlBridge.Require();
        var folder = Directory.CreateTempSubdirectory("saml-metadata-");
        try
        {
            foreach (var file in new[] { "saml.key", "saml.crt", "oidc.key", "oidc.crt", "signer.pem" })
            {
                var source = change == "another signer" && file == "signer.pem" ? "institution.pem" : file;
                File.Copy(Path.Combine(bridge.Folder.FullName, source), Path.Combine(folder.FullName, file));
            }

            var metadata = await File.ReadAllTextAsync(Path.Combine(bridge.Folder.FullName, "metadata.xml"), Ct);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "metadata.xml"), Changed(metadata, change), Ct);
            await bridge.WriteSettingsAsync(folder.FullName, change == "another institution" ? "https://idp.other.ac.jp" : bridge.EntityId, Ct);
            var (exitCode, errors) = await SamlBridge.ConfigureAsync(folder.FullName, Ct);
            Assert.Contains(refusal, errors, StringComparison.Ordinal);
            Assert.Equal(refusal.Length == 0, exitCode == 0);
            Assert.Equal(refusal.Length == 0, File.Exists(Path.Combine(folder.FullName, "conf", "lmConf-1.json")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Changed(string metadata, string change) => change switch
    {
        "another scope" => metadata.Replace(">example.ac.jp<", ">other.ac.jp<", StringComparison.Ordinal),
        "part of it signed" => metadata.Replace("URI=\"#", "URI=\"#part", StringComparison.Ordinal),
        "a weak hash" => metadata.Replace("2001/04/xmldsig-more#rsa-sha256", "2000/09/xmldsig#rsa-sha1", StringComparison.Ordinal),
        "too old" => Regex.Replace(metadata, "validUntil=\"\\d+", "validUntil=\"2020"),
        _ => metadata,
    };

    private static string[] Texts(JsonElement array) => [.. array.EnumerateArray().Select(item => item.GetString()!)];

    private static string Subject(JsonElement answer) => answer.GetProperty("idToken").GetProperty("sub").GetString()!;

    private async Task<JsonElement> SignInAsync(string login, object? demands = null)
    {
        await using var party = StartParty(demands);
        var request = (await party.NextAsync(Ct)).GetProperty("url").GetString()!;
        var back = await BackAsync(request, login);
        Assert.NotNull(back);
        return await party.AskAsync(new { @do = "callback", url = back }, Ct);
    }

    private async Task RefusesAsync(string login)
    {
        await using var party = StartParty();
        Assert.Null(await BackAsync((await party.NextAsync(Ct)).GetProperty("url").GetString()!, login));
    }

    private NodeScript StartParty(object? demands = null)
    {
        var settings = new { bridge.Issuer, SamlBridge.ClientId, SamlBridge.ClientSecret, bridge.RedirectUri, demands };
        return NodeScript.Start("sign-in-at.mjs", JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
    }

    private async Task<string?> BackAsync(string request, string login)
    {
        string? back = null;
        await browser.VisitAsync(async visit => back = await BackAsync(visit, request, login), Ct);
        return back;
    }

    /// <summary>Where the person's browser is in the end: the address that goes back to the client, or null when the bridge refuses.</summary>
    private async Task<string?> BackAsync(Visit visit, string request, string login)
    {
        await visit.Page.RouteAsync(
            $"{bridge.RedirectUri}?*", route => route.FulfillAsync(new() { ContentType = "text/html", Body = "<p class='message'>back</p>" }));
        await visit.Page.GotoAsync(request);
        await visit.Page.FillAsync("input[name=login]", login);
        await visit.Page.ClickAsync("button");
        await visit.Page.WaitForFunctionAsync(Ended);
        return visit.Page.Url.StartsWith(bridge.RedirectUri, StringComparison.Ordinal) ? visit.Page.Url : null;
    }
}
