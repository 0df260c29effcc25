using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.Node.Passports;
using Kakehashi.ServiceDefaults;
using Kakehashi.ServiceDefaults.Tokens;
using Kakehashi.TestKit;

namespace Kakehashi.Node.Tests.Passports;

public sealed class DecideAccessTests : IAsyncLifetime
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;
    private TestNode _node = null!;

    private string Url => VisaWords.Biobank(_node.Issuer.Authority, TestNode.Slug);

    public async ValueTask InitializeAsync() => _node = await TestNode.StartAsync(["A,female,40,main,GRU,,,"]);

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_grant_opens_its_dataset_and_no_other_and_says_until_when()
    {
        var answer = await AskAsync(new[] { _node.Issuer.Grant("sato", Url, "main") });

        var (main, ancestry) = (answer.Datasets[0], answer.Datasets[1]);
        Assert.Equal(("main", $"{Url}/datasets/main", AccessDecisions.Permit), (main.Dataset, main.Value, main.Decision));
        Assert.InRange(main.Until!.Value, TimeProvider.System.GetUtcNow().AddMinutes(59), TimeProvider.System.GetUtcNow().AddMinutes(60));
        Assert.Equal(("ancestry", AccessDecisions.Deny, null), (ancestry.Dataset, ancestry.Decision, ancestry.Until));
        Assert.Equal(PassportRules.NoGrant, Assert.Single(ancestry.Reasons).Code);
    }

    [Fact]
    public async Task A_passport_is_taken_as_a_list_or_as_the_brokers_JWT()
    {
        var grant = _node.Issuer.Grant("sato", Url, "main");

        var list = await AskAsync(new[] { grant });
        var jwt = await AskAsync(_node.Issuer.Passport("sato", grant));

        Assert.Equal(JsonSerializer.Serialize(list), JsonSerializer.Serialize(jwt));
    }

    [Fact]
    public async Task A_passport_may_be_much_larger_than_a_token()
    {
        var grant = _node.Issuer.Grant("sato", Url, "main");
        string[] visas = [.. Enumerable.Repeat(_node.Issuer.Visa("sato", VisaWords.ResearcherStatus, "https://status.example", Url, "so"), 99), grant];

        var answer = await AskAsync(_node.Issuer.Passport("sato", visas), dataset: "main");

        Assert.Equal(AccessDecisions.Permit, Assert.Single(answer.Datasets).Decision);
        Assert.Equal(99, answer.Refused.Count); // nobody is believed for that source
        Assert.All(answer.Refused, visa => Assert.Equal(VisaRefusals.UntrustedSource, visa.Code));
    }

    [Fact]
    public async Task Somebody_elses_passport_opens_nothing_in_whatever_form()
    {
        var stolen = _node.Issuer.Grant("victim", Url, "main");

        var list = await AskAsync(new[] { stolen });
        using var jwt = await SendAsync(_node.Issuer.Passport("victim", stolen));
        var repacked = await AskAsync(_node.Issuer.Passport("sato", stolen));

        Assert.Equal(PassportRules.SomebodyElse, list.Datasets[0].Reasons.Single().Code);
        Assert.Equal(PassportRules.SomebodyElse, repacked.Datasets[0].Reasons.Single().Code);
        Assert.Contains(TokenRefusals.WrongSubject, await RefusalAsync(jwt, "node.passport"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_linked_by_the_platform_brings_its_visas_along()
    {
        var grant = _node.Issuer.Grant("old-account", Url, "main");
        var link = _node.Issuer.Visa(
            "sato", VisaWords.LinkedIdentities, $"old-account,{Uri.EscapeDataString(_node.Issuer.Authority)}", _node.Issuer.Authority, "system");

        Assert.Equal(AccessDecisions.Deny, (await AskAsync(new[] { grant })).Datasets[0].Decision);
        Assert.Equal(AccessDecisions.Permit, (await AskAsync(new[] { grant, link })).Datasets[0].Decision);
    }

    [Fact]
    public async Task A_forged_passport_is_refused_and_so_is_another_kind_of_token()
    {
        using var stranger = SigningKey.Create();
        var claims = new Dictionary<string, object?>
        {
            ["iss"] = _node.Issuer.Authority,
            ["aud"] = Audiences.Platform,
            ["sub"] = "sato",
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
            ["exp"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 60,
            [VisaWords.PassportClaim] = Array.Empty<string>(),
        };
        await AssertRefusedAsync(_node.Issuer.Mint(claims, VisaWords.PassportType, stranger), TokenRefusals.UnknownKey);
        await AssertRefusedAsync(_node.Issuer.Mint(claims), TokenRefusals.WrongType);
        await AssertRefusedAsync(_node.TokenFor(TestNode.Purpose), TokenRefusals.WrongType);
        await AssertRefusedAsync("nonsense", TokenRefusals.Malformed);
        claims["aud"] = "somebody";
        await AssertRefusedAsync(_node.Issuer.Mint(claims, VisaWords.PassportType), TokenRefusals.WrongAudience);
        claims["aud"] = Audiences.Platform;
        claims["iss"] = "https://stranger.example";
        await AssertRefusedAsync(_node.Issuer.Mint(claims, VisaWords.PassportType), TokenRefusals.WrongIssuer);

        async Task AssertRefusedAsync(string passport, string code)
        {
            using var refused = await SendAsync(passport);
            Assert.Contains(code, await RefusalAsync(refused, "node.passport"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"passport": 5}""", HttpStatusCode.BadRequest, "node.passport")]
    [InlineData("""{"passport": {"a": 1}}""", HttpStatusCode.BadRequest, "node.passport")]
    [InlineData("""{"passport": [5]}""", HttpStatusCode.BadRequest, "node.passport")]
    [InlineData("""{"passport": [], "seconds": -1}""", HttpStatusCode.BadRequest, "node.seconds")]
    [InlineData("""{"passport": [], "dataset": "another"}""", HttpStatusCode.NotFound, "node.unknown-dataset")]
    [InlineData("""{"passports": []}""", HttpStatusCode.BadRequest, "request.malformed")]
    [InlineData("""{}""", HttpStatusCode.BadRequest, "request.malformed")]
    public async Task A_question_that_makes_no_sense_is_refused_with_its_code(string body, HttpStatusCode status, string code)
    {
        using var refused = await PostAsync(new StringContent(body, new MediaTypeHeaderValue("application/json")), _node.TokenFor(TestNode.Purpose));

        Assert.Equal(status, refused.StatusCode);
        await RefusalAsync(refused, code);
    }

    [Fact]
    public async Task A_passport_is_bounded()
    {
        using var many = await SendAsync(Enumerable.Repeat("a.b.c", 101));
        using var large = await SendAsync(new string('a', 600 << 10));

        await RefusalAsync(many, "node.passport");
        await RefusalAsync(large, "request.too-large");
    }

    [Fact]
    public async Task Without_a_grant_there_is_an_answer_too()
    {
        var answer = await AskAsync(Array.Empty<string>(), seconds: 60);

        Assert.Equal(["main", "ancestry"], answer.Datasets.Select(d => d.Dataset));
        Assert.All(answer.Datasets, dataset => Assert.Equal(AccessDecisions.Deny, dataset.Decision));
    }

    [Fact]
    public async Task A_grant_that_ends_before_the_time_asked_for_says_so()
    {
        var answer = await AskAsync(new[] { _node.Issuer.Grant("sato", Url, "main") }, seconds: 7200);

        Assert.Equal(PassportRules.EndsTooSoon, answer.Datasets[0].Reasons.Single().Code);
    }

    [Fact]
    public async Task A_biobank_names_the_issuers_sources_and_committees_it_trusts()
    {
        await using var other = await TestIssuer.StartAsync(_ct);
        await _node.RunAsync(
            $"--Passports:Issuers:0:Issuer={other.Authority}",
            $"--Passports:Issuers:0:KeySetUrl={other.Authority}/jwks",
            $"--Passports:Issuers:0:Sources:0={VisaWords.Committee(Url)}",
            $"--Passports:Issuers:0:Sources:1={other.Authority}",
            "--Passports:LongestAuthorisation=1.00:00:00");
        var link = other.Visa("s-1", VisaWords.LinkedIdentities, $"sato,{Uri.EscapeDataString(_node.Issuer.Authority)}", other.Authority, "system");

        var theirs = await AskAsync(new[] { other.Grant("s-1", Url, "main"), link });
        var ours = await AskAsync(new[] { _node.Issuer.Grant("sato", Url, "main") });

        Assert.Equal(AccessDecisions.Permit, theirs.Datasets[0].Decision);
        Assert.Equal(VisaRefusals.UnknownIssuer, Assert.Single(ours.Refused).Code);
    }

    [Fact]
    public async Task While_an_issuers_keys_cannot_be_had_its_visas_count_for_nothing()
    {
        await using var other = await TestIssuer.StartAsync(_ct);
        other.IsUp = false;
        await _node.RunAsync(
            $"--Passports:Issuers:0:Issuer={other.Authority}", $"--Passports:Issuers:0:Sources:0={VisaWords.Committee(Url)}");

        var answer = await AskAsync(new[] { other.Grant("sato", Url, "main") });

        Assert.Equal(AccessDecisions.Deny, answer.Datasets[0].Decision);
        Assert.Equal(VisaRefusals.IssuerUnavailable, Assert.Single(answer.Refused).Code);
    }

    [Fact]
    public async Task Nobody_asks_without_a_persons_token_for_this_node()
    {
        foreach (var token in (string?[])
        [
            null,
            _node.TokenOf(Roles.Catalog),
            _node.Issuer.Token("sato", Audiences.Node(TestNode.Slug), [Roles.Researcher]),
            _node.Issuer.Token("sato", Audiences.Platform, [Roles.Researcher]),
        ])
        {
            using var refused = await PostAsync(JsonContent.Create(new { passport = Array.Empty<string>() }), token);
            Assert.Contains(refused.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
        }
    }

    private async Task<AccessAnswer> AskAsync(object passport, string? dataset = null, int seconds = 0)
    {
        using var answer = await SendAsync(passport, dataset, seconds);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<AccessAnswer>(ServiceDefaultsExtensions.Json, _ct))!;
    }

    private Task<HttpResponseMessage> SendAsync(object passport, string? dataset = null, int seconds = 0) => PostAsync(
        JsonContent.Create(new { passport, dataset, seconds }), _node.TokenFor(TestNode.Purpose));

    private async Task<HttpResponseMessage> PostAsync(HttpContent body, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/access") { Content = body };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await _node.Http.SendAsync(request, _ct);
    }

    private async Task<string> RefusalAsync(HttpResponseMessage refused, string code)
    {
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(_ct);
        Assert.Equal($"urn:kakehashi:problem:{code}", problem.GetProperty("type").GetString());
        return problem.TryGetProperty("detail", out var detail) ? detail.GetString()! : "";
    }
}
