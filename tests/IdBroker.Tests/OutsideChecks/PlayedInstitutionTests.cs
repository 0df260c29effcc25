using System.Text.Json;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.OutsideChecks;

/// <summary>
/// The played institutions themselves, judged by a certified relying party: the good one is good, and the bad one is
/// refused for each of its faults, so that a test of ours that passes means something.
/// </summary>
public sealed class PlayedInstitutionTests
{
    private const string RedirectUri = "http://127.0.0.1:9/back";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_is_signed_in_and_described()
    {
        await using var institution = await PlayedInstitution.StartAsync(RedirectUri, Ct);
        var mori = await SignInAsync(institution, "mori");
        Assert.Equal("5f1c0c7e-mori", mori.GetProperty("idToken").GetProperty("sub").GetString());
        Assert.Equal("https://refeds.org/profile/mfa", mori.GetProperty("idToken").GetProperty("acr").GetString());
        Assert.Equal("staff@example.ac.jp", mori.GetProperty("userinfo").GetProperty("eduperson_scoped_affiliation")[0].GetString());
        Assert.False(mori.GetProperty("idToken").TryGetProperty("name", out _));
    }

    [Fact]
    public async Task Keys_are_changed_and_people_too()
    {
        await using var institution = await PlayedInstitution.StartAsync(RedirectUri, Ct, claimsInIdToken: true);
        await institution.RotateKeysAsync(Ct, forget: true);
        await institution.ChangePeopleAsync([institution.People[0] with { Login = "ito2" }], Ct);
        var ito = await SignInAsync(institution, "ito2");
        Assert.Equal("伊藤 花", ito.GetProperty("idToken").GetProperty("name").GetString());
        await Assert.ThrowsAsync<InvalidOperationException>(() => SignInAsync(institution, "mori"));
    }

    [Fact]
    public async Task The_bad_institution_is_refused_for_each_fault_and_only_for_it()
    {
        await using var institution = await PlayedInstitution.StartBadAsync(RedirectUri, Ct);
        Assert.True((await SignInAsync(institution, "")).TryGetProperty("idToken", out _));
        foreach (var fault in Faults)
        {
            await institution.MisbehaveAsync(fault, Ct);
            var seen = await SignInAsync(institution, "");
            Assert.True(seen.TryGetProperty("refused", out var reason), $"{fault} was not noticed");
            TestContext.Current.TestOutputHelper?.WriteLine($"{fault}: {reason}");
        }

        await institution.MisbehaveAsync("nothing", Ct);
        Assert.True((await SignInAsync(institution, "")).TryGetProperty("idToken", out _));
    }

    private static string[] Faults =>
    [
        "wrong-nonce", "no-nonce", "wrong-issuer", "unsigned", "wrong-algorithm", "wrong-key", "unknown-key", "expired", "wrong-audience",
        "second-audience", "wrong-response-issuer", "no-response-issuer", "replayed-state", "made-up-state", "swapped-code", "other-subject",
    ];

    private static async Task<JsonElement> SignInAsync(PlayedInstitution institution, string login)
    {
        var settings = new { institution.Issuer, PlayedInstitution.ClientId, PlayedInstitution.ClientSecret, RedirectUri };
        await using var party = NodeScript.Start("sign-in-at.mjs", JsonSerializer.Serialize(settings, JsonSerializerOptions.Web));
        var request = (await party.NextAsync(Ct)).GetProperty("url").GetString()!;
        var back = await institution.SignInAsync(new(request), login, Ct);
        return await party.AskAsync(new { @do = "callback", url = back }, Ct);
    }
}
