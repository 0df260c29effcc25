using System.Net;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.TestKit;

namespace Kakehashi.IdBroker.Tests.SignIn.Accounts;

/// <summary>What a guesser gets, and what the owner still gets meanwhile.</summary>
public sealed class GuessingTests : IAsyncLifetime
{
    private readonly TestBroker _broker = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _broker.InitializeAsync();
        await _broker.GivenAPasswordAsync("ito");
    }

    public ValueTask DisposeAsync() => _broker.DisposeAsync();

    [Fact]
    public async Task A_guesser_from_many_networks_is_slowed_and_the_owner_is_not()
    {
        using var owner = _broker.Browser();
        owner.From = "192.0.2.1";
        await owner.EnterPasswordAsync("ito");

        var looked = 0;
        var last = await GuessAsync(0);
        for (var network = 1; network < 30; network++)
        {
            looked += last.Status == HttpStatusCode.BadRequest ? 1 : 0;
            last = await GuessAsync(network);
        }

        Assert.Equal(10, looked);
        Assert.Equal(HttpStatusCode.TooManyRequests, last.Status);
        Assert.InRange(last.RetryAfter!.Value.TotalMinutes, 0.1, 3);
        Assert.Contains("Try again in", last.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await owner.EnterPasswordAsync("ito")).Status);
        Assert.Single(await _broker.HeardAsync("sign-in.slowed"), "anonymous sign-in.slowed ito");
    }

    [Fact]
    public async Task A_guesser_beside_the_owner_does_not_slow_the_owners_browser()
    {
        using var owner = _broker.Browser();
        using var guesser = _broker.Browser();
        (owner.From, guesser.From) = ("192.0.2.1", "192.0.2.200");
        await owner.EnterPasswordAsync("ito");

        for (var guess = 0; guess < 5; guess++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await guesser.EnterPasswordAsync("ito", "wrong wrong wrong")).Status);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await guesser.EnterPasswordAsync("ito")).Status);
        Assert.Equal(HttpStatusCode.SeeOther, (await owner.EnterPasswordAsync("ito")).Status);
    }

    [Fact]
    public async Task After_the_time_given_the_next_guess_is_looked_at()
    {
        using var browser = _broker.Browser();
        for (var guess = 0; guess < 5; guess++)
        {
            await browser.EnterPasswordAsync("ito", "wrong wrong wrong");
        }

        var refused = await browser.EnterPasswordAsync("ito");
        _broker.Clock.Advance(refused.RetryAfter!.Value);

        Assert.Equal(HttpStatusCode.SeeOther, (await browser.EnterPasswordAsync("ito")).Status);
    }

    [Fact]
    public async Task Right_passwords_use_up_nothing()
    {
        using var browser = _broker.Browser();
        for (var time = 0; time < 7; time++)
        {
            Assert.Equal(HttpStatusCode.SeeOther, (await _broker.Browser().EnterPasswordAsync("ito")).Status);
        }
    }

    [Fact]
    public async Task An_unknown_name_is_slowed_like_a_known_one()
    {
        using var browser = _broker.Browser();
        browser.From = "198.51.100.1";
        for (var guess = 0; guess < 5; guess++)
        {
            await browser.EnterPasswordAsync("nobody", "wrong wrong wrong");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.EnterPasswordAsync("nobody", "wrong wrong wrong")).Status);
        Assert.Equal(["anonymous sign-in.slowed anonymous"], await _broker.HeardAsync("sign-in.slowed"));
    }

    [Fact]
    public async Task A_network_that_tries_many_names_is_slowed_as_a_whole()
    {
        using var browser = _broker.Browser();
        browser.From = "198.51.100.1";
        var statuses = new List<HttpStatusCode>();
        do
        {
            statuses.Add((await browser.EnterPasswordAsync($"name-{statuses.Count}", "")).Status); // a slow machine earns a few more meanwhile
        }
        while (statuses[^1] != HttpStatusCode.TooManyRequests && statuses.Count < 100);

        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
        Assert.True(statuses.Count > GuessRules.FromNetworkAtAll.AtOnce, $"{statuses.Count}");
        browser.From = "203.0.113.1";
        Assert.Equal(HttpStatusCode.SeeOther, (await browser.EnterPasswordAsync("ito")).Status);
    }

    [Fact]
    public async Task One_time_codes_are_guessed_no_faster()
    {
        var secret = await _broker.GivenAnAuthenticatorAsync("ito");
        using var browser = _broker.Browser();
        await browser.EnterPasswordAsync("ito");
        for (var guess = 0; guess < 5; guess++)
        {
            Assert.Equal(HttpStatusCode.BadRequest, (await browser.EnterCodeAsync("000000")).Status);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.EnterCodeAsync(_broker.CodeOf(secret))).Status);
    }

    [Fact]
    public async Task Enrolment_codes_are_guessed_no_faster()
    {
        using var browser = _broker.Browser();
        HttpStatusCode status = default;
        for (var guess = 0; guess < 21; guess++)
        {
            status = (await browser.PostAsync("/enrol", [("code", $"AAAAA-AAAAA-AAAAA-AAAAA-AAA{guess:D2}")])).Status;
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, status);
    }

    [Fact]
    public async Task Codes_of_devices_are_guessed_no_faster()
    {
        using var browser = await _broker.BrowserAsync("ito");
        for (var guess = 0; guess < 5; guess++)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync("/device?user_code=BCDF-GHJK")).Status);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.GetAsync("/device?user_code=BCDF-GHJK")).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await browser.PostAsync("/device", [("user_code", "BCDF-GHJK"), ("decision", "approve")])).Status);
    }

    [Fact]
    public async Task Many_guesses_at_once_do_not_slip_through()
    {
        // All wait for the one bucket: without the lock each would see it full.
        await _broker.Browser().EnterPasswordAsync("ito", "wrong wrong wrong");
        await using var gate = await RowGate.CloseAsync(_broker.ConnectionString, "SELECT FROM guess_bucket ORDER BY bucket_key FOR UPDATE", Ct);

        var guesses = Enumerable.Range(0, 8).Select(_ => _broker.Browser().EnterPasswordAsync("ito", "wrong wrong wrong")).ToList();
        await gate.OpenWhenWaitingAsync(8, Ct);

        Assert.Equal(4, (await Task.WhenAll(guesses)).Count(answer => answer.Status == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task What_was_typed_is_kept_nowhere()
    {
        await _broker.Browser().EnterPasswordAsync("my-password-typed-as-name", "secret words here");

        Assert.Equal(0, await _broker.ReadAsync<long>(
            """
            SELECT count(*) FROM audit_event, access_event
            WHERE concat_ws(' ', audit_event.actor, audit_event.subject, audit_event.reason, convert_from(leaf, 'UTF8')) ~ 'typed-as-name|secret words'
            """));
    }

    private async Task<TestBrowser.Page> GuessAsync(int network)
    {
        using var guesser = _broker.Browser();
        guesser.From = $"198.51.{network}.7";
        return await guesser.EnterPasswordAsync("ito", $"wrong password {network}");
    }
}
