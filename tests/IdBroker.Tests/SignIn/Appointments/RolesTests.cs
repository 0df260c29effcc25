using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.ServiceDefaults.Tokens;
using Npgsql;

namespace Kakehashi.IdBroker.Tests.SignIn.Appointments;

public sealed class RolesTests(TestBroker broker) : IClassFixture<TestBroker>
{
    private static int _people;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chair_appoints_a_steward_whose_tokens_say_so_until_it_ends()
    {
        var (op, chair, person) = (await GivenAsync(Roles.Operator), await GivenAsync(), await GivenAsync());
        await OkAsync(op, "/roles", new { account = chair, role = Roles.DacChair, scope = "bbj", reason = "elected by the committee" });

        var given = await OkAsync(chair, "/roles", new { account = person, role = Roles.Steward, scope = "bbj", reason = "new in the team" });
        var claims = await ClaimsAsync(person);
        Assert.Equal("""["steward"]""", claims.GetProperty("roles").GetRawText());
        Assert.Equal("""["steward:bbj"]""", claims.GetProperty("biobank_roles").GetRawText());
        Assert.Contains(
            "role.granted steward bbj",
            await EventsAsync(person));

        await OkAsync(chair, $"/roles/{given.Text("assignmentId")}/end", new { reason = "left the team" });
        Assert.False((await ClaimsAsync(person)).TryGetProperty("roles", out _));
        Assert.Contains("role.ended steward bbj", await EventsAsync(person));
    }

    [Fact]
    public async Task An_operator_becomes_one_by_two_others()
    {
        var (one, two, person) = (await GivenAsync(Roles.Operator), await GivenAsync(Roles.Operator), await GivenAsync());

        Assert.Equal((403, "role.own-hand"), await RefusedAsync(one, "/roles", new { account = one, role = Roles.Operator, reason = "more of it" }));
        var asked = await OkAsync(one, "/roles", new { account = person, role = Roles.Operator, reason = "takes over nights" });
        Assert.Equal("pending", asked.Text("state"));
        Assert.Equal((403, "role.own-hand"), await RefusedAsync(one, $"/roles/{asked.Text("assignmentId")}/confirmation", null));
        Assert.False((await ClaimsAsync(person)).TryGetProperty("roles", out _));

        await OkAsync(two, $"/roles/{asked.Text("assignmentId")}/confirmation", null);

        Assert.Equal("""["operator"]""", (await ClaimsAsync(person)).GetProperty("roles").GetRawText());
        Assert.Equal((409, "role.not-pending"), await RefusedAsync(two, $"/roles/{asked.Text("assignmentId")}/confirmation", null));
    }

    [Fact]
    public async Task A_steward_lets_somebody_stand_in_and_both_lose_it_together()
    {
        var (chair, steward, person) = (await GivenAsync(Roles.DacChair), await GivenAsync(), await GivenAsync());
        var own = await OkAsync(chair, "/roles", new { account = steward, role = Roles.Steward, scope = "bbj", reason = "appointed" });

        Assert.Equal((422, "role.too-long"), await RefusedAsync(steward, "/roles/delegations", new { account = person, biobank = "bbj", days = 91, reason = "on leave" }));
        await OkAsync(steward, "/roles/delegations", new { account = person, biobank = "bbj", days = 90, reason = "on leave" });
        Assert.Equal("""["steward"]""", (await ClaimsAsync(person)).GetProperty("roles").GetRawText());
        var third = await GivenAsync();
        Assert.Equal((403, "role.not-yours-to-give"), await RefusedAsync(person, "/roles/delegations", new { account = third, biobank = "bbj", days = 5, reason = "on and on" }));

        await OkAsync(chair, $"/roles/{own.Text("assignmentId")}/end", new { reason = "left" });

        Assert.False((await ClaimsAsync(person)).TryGetProperty("roles", out _));
        Assert.Contains("role.ended steward bbj delegated", await EventsAsync(person));
    }

    [Fact]
    public async Task A_delegation_holds_only_while_the_giver_does_also_when_the_file_takes_the_role_away()
    {
        var (steward, person) = (await GivenAsync(Roles.Steward), await GivenAsync());
        await OkAsync(steward, "/roles/delegations", new { account = person, biobank = "bbj", days = 30, reason = "on leave" });
        Assert.True((await ClaimsAsync(person)).TryGetProperty("roles", out _));

        await ExecuteAsync("UPDATE account SET roles = '{}' WHERE account_id = @steward", new { steward });

        Assert.False((await ClaimsAsync(person)).TryGetProperty("roles", out _));
    }

    [Fact]
    public async Task What_has_run_out_no_longer_holds_and_can_be_given_again()
    {
        var (steward, person) = (await GivenAsync(Roles.Steward), await GivenAsync());
        await OkAsync(steward, "/roles/delegations", new { account = person, biobank = "bbj", days = 30, reason = "on leave" });
        await ExecuteAsync(
            "UPDATE role_assignment SET given_at = given_at - interval '31 days', expires_at = expires_at - interval '31 days' WHERE account_id = @person",
            new { person });

        Assert.False((await ClaimsAsync(person)).TryGetProperty("roles", out _));
        await OkAsync(steward, "/roles/delegations", new { account = person, biobank = "bbj", days = 30, reason = "on leave again" });
        Assert.True((await ClaimsAsync(person)).TryGetProperty("roles", out _));
    }

    [Fact]
    public async Task Somebody_asks_the_representative_vouches_and_the_list_shows_what_there_is_to_decide()
    {
        var (representative, person) = (await GivenAsync(Roles.Representative), await GivenAsync());
        await GivenAffiliationAsync(person, "faculty@example.ac.jp");

        var asked = await OkAsync(person, "/roles/requests", new { reason = "I work on diabetes" });
        Assert.Equal((404, null), await RefusedAsync(person, $"/roles/{asked.Text("assignmentId")}/vouch", null, asRole: Roles.Representative));
        var entry = (await ListAsync(representative)).GetProperty("assignments").EnumerateArray()
            .Single(one => one.GetProperty("assignment").Text("account") == person);
        Assert.Equal(("pending", "I work on diabetes"), (entry.GetProperty("assignment").Text("state"), entry.Text("reason")));
        Assert.Equal("""["faculty@example.ac.jp"]""", entry.GetProperty("affiliations").GetRawText());
        await OkAsync(representative, $"/roles/{asked.Text("assignmentId")}/vouch", null);

        Assert.Equal("""["researcher"]""", (await ClaimsAsync(person)).GetProperty("roles").GetRawText());
        Assert.Equal(["role.requested researcher U", "vouch.given researcher U"], await EventsAsync(person));
        await OkAsync(representative, $"/roles/{asked.Text("assignmentId")}/end", new { reason = "project over" });
        Assert.False((await ClaimsAsync(person)).TryGetProperty("roles", out _));
    }

    [Fact]
    public async Task Whoever_does_not_belong_cannot_ask()
    {
        var person = await GivenAsync();
        await GivenAffiliationAsync(person, "alum@example.ac.jp");

        Assert.Equal((409, "role.no-affiliation"), await RefusedAsync(person, "/roles/requests", new { reason = "I used to be there" }));
    }

    [Fact]
    public async Task Roles_change_only_after_a_fresh_sign_in_with_two_factors()
    {
        var (op, person) = (await GivenAsync(Roles.Operator), await GivenAsync());
        var token = await broker.AccountTokenAsync(op);
        broker.Clock.Advance(TimeSpan.FromMinutes(4));
        await SendAsync(token, "/roles", new { account = person, role = Roles.Auditor, reason = "needed" }, HttpStatusCode.OK);
        using var app = await broker.BrowserAsync(op, Assurance.Sfa);
        var weak = (await new TestApp(broker, "portal").SignInAsync(app)).Text("access_token")!;

        Assert.Equal(
            HttpStatusCode.Forbidden, (await SendAsync(weak, "/roles", new { account = person, role = Roles.Representative, scope = "U", reason = "needed" })).StatusCode);
        var challenged = await SendAsync(weak, $"/roles/{Guid.CreateVersion7()}/end", new { reason = "needed" });
        Assert.Equal(HttpStatusCode.Unauthorized, challenged.StatusCode);
        Assert.Contains("insufficient_user_authentication", challenged.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("steward", "", "role.wrong-scope")]
    [InlineData("steward", "Not A Slug", "role.wrong-scope")]
    [InlineData("auditor", "bbj", "role.wrong-scope")]
    [InlineData("representative", " ", "role.wrong-scope")]
    [InlineData("researcher", "U", "role.not-given-here")]
    [InlineData("node", "", "role.not-given-here")]
    public async Task A_role_is_given_for_what_it_is_for(string role, string scope, string code)
    {
        var (op, person) = (await GivenAsync(Roles.Operator), await GivenAsync());

        Assert.Equal((422, code), await RefusedAsync(op, "/roles", new { account = person, role, scope, reason = "needed" }));
        Assert.Equal((422, "no-reason"), await RefusedAsync(op, "/roles", new { account = person, role = "auditor", reason = "  " }));
    }

    [Fact]
    public async Task What_the_table_says_stands_even_against_the_program()
    {
        var (op, person) = (await GivenAsync(Roles.Operator), await GivenAsync());
        var ownHand = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(Insert, new { op, person = op, role = "auditor", scope = "", by = op }));
        var oneGiver = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(Insert, new { op, person, role = "operator", scope = "", by = op }));

        Assert.Equal("role_assignment_not_by_own_hand", ownHand.ConstraintName);
        Assert.Equal("role_assignment_operator_has_two_givers", oneGiver.ConstraintName);
    }

    private const string Insert =
        """
        INSERT INTO role_assignment (role_assignment_id, account_id, role, scope, asked_by, asked_at, given_by, given_at, reason)
        VALUES (gen_random_uuid(), @person, @role, @scope, @op, now(), @by, now(), 'test')
        """;

    /// <summary>Somebody of the organisation U with these roles by the file, of the biobank bbj where they need one.</summary>
    private async Task<string> GivenAsync(params string[] roles)
    {
        var id = $"p{Interlocked.Increment(ref _people)}";
        await ExecuteAsync(
            """
            INSERT INTO account (account_id, display_name, org, roles, biobanks, projects, participant, demo, source)
            VALUES (@id, @id, 'U', @roles, @biobanks, '{}', '', true, 'operator')
            """,
            new { id, roles, biobanks = roles.Intersect([Roles.Steward, Roles.DacChair]).Any() ? new[] { "bbj" } : [] });
        return id;
    }

    private Task<int> GivenAffiliationAsync(string account, string affiliation) => ExecuteAsync(
        """
        INSERT INTO identity_link (identity_link_id, account_id, institution, issuer, subject, org, affiliations, assurances, created_at, last_used_at)
        VALUES (gen_random_uuid(), @account, 'u', 'https://u.example', @account, 'U', ARRAY[@affiliation], '{}', now(), now())
        """,
        new { account, affiliation });

    private async Task<int> ExecuteAsync(string sql, object parameters)
    {
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        return await connection.ExecuteAsync(sql, parameters);
    }

    private async Task<IReadOnlyList<string>> EventsAsync(string account)
    {
        await using var connection = new NpgsqlConnection(broker.ConnectionString);
        return (await connection.QueryAsync<string>(
            """
            SELECT kind || ' ' || (convert_from(leaf, 'UTF8')::jsonb ->> 'reason') FROM access_event
            WHERE subject = @account AND kind ~ '^(role|vouch)' ORDER BY access_event_id
            """,
            new { account })).AsList();
    }

    /// <summary>What the person's tokens say now, signed in with two factors.</summary>
    private async Task<JsonElement> ClaimsAsync(string account) => TestApp.ClaimsOf(await broker.AccountTokenAsync(account));

    private async Task<JsonElement> ListAsync(string actor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/roles");
        request.Headers.Authorization = new("Bearer", await broker.AccountTokenAsync(actor));
        using var answer = await broker.Http.SendAsync(request, Ct);
        return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    private async Task<JsonElement> OkAsync(string actor, string path, object? body) =>
        await SendAsync(await broker.AccountTokenAsync(actor), path, body, HttpStatusCode.OK);

    /// <param name="asRole">A role the actor's token claims, whatever the account says by then.</param>
    private async Task<(int Status, string? Code)> RefusedAsync(string actor, string path, object? body, string? asRole = null)
    {
        if (asRole is not null)
        {
            await ExecuteAsync("UPDATE account SET roles = ARRAY[@asRole] WHERE account_id = @actor", new { asRole, actor });
        }

        var token = await broker.AccountTokenAsync(actor);
        if (asRole is not null)
        {
            await ExecuteAsync("UPDATE account SET roles = '{}' WHERE account_id = @actor", new { actor });
        }

        using var answer = await SendAsync(token, path, body);
        var problem = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(Ct));
        const string Prefix = "urn:kakehashi:problem:idbroker.";
        return ((int)answer.StatusCode, problem.Text("type") is { } type && type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : null);
    }

    private async Task<JsonElement> SendAsync(string token, string path, object? body, HttpStatusCode expected)
    {
        using var answer = await SendAsync(token, path, body);
        var text = await answer.Content.ReadAsStringAsync(Ct);
        Assert.True(answer.StatusCode == expected, text);
        return JsonElement.Parse(text);
    }

    private async Task<HttpResponseMessage> SendAsync(string token, string path, object? body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Authorization = new("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(body);
        return await broker.Http.SendAsync(request, Ct);
    }
}
