using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Catalog.Variables;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Builder;

namespace Kakehashi.Catalog.Tests.Refreshes;

public sealed class RefreshTests : IAsyncLifetime
{
    private readonly CatalogService _service = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    private PlayedNode Node => _service.Nodes["bbj"];

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Variables_are_read_once_for_each_snapshot()
    {
        var seen = (await _service.BiobanksAsync(_service.App, _ct))[0].SeenAt;
        await Eventually.IsAsync(async () => (await _service.BiobanksAsync(_service.App, _ct))[0].SeenAt > seen, _ct);
        Assert.Equal(1, Node.VariablesRead);

        (Node.Variables, Node.SnapshotId) = ([new("biosample", "serum", "Serum", "血清", ProtectedCount.Released(10))], "s2");

        await Eventually.IsAsync(async () => (await CodesAsync()).SequenceEqual(["serum"]), _ct);
        Assert.Equal(2, Node.VariablesRead);
    }

    [Fact]
    public async Task What_is_known_outlives_a_restart_while_the_node_is_away()
    {
        var known = await CodesAsync();
        Node.InsteadOfCatalogue = Misbehaviours.Status(HttpStatusCode.BadGateway);
        await _service.StopAsync(_service.App);

        var app = await _service.StartInstanceAsync(_ct);

        Assert.Equal(known, await CodesAsync(app));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SearchAsync(app, "ICD10:E12"));
    }

    [Fact]
    public async Task Another_instance_learns_what_this_one_read()
    {
        var other = await _service.StartInstanceAsync(_ct);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, await SearchAsync(other, "ICD10:I10"));

        (Node.Variables, Node.SnapshotId) = ([new("condition", "ICD10:I10", null, null, ProtectedCount.Released(10))], "s2");

        await Eventually.IsAsync(async () => await SearchAsync(other, "ICD10:I10") is HttpStatusCode.OK, _ct);
        await Eventually.IsAsync(async () => await SearchAsync(_service.App, "ICD10:I10") is HttpStatusCode.OK, _ct);
    }

    public static TheoryData<string> BadVariables =>
    [
        "garbage", "null", "[null]", "flood", "hang", "half", "500", "twice",
        """[{"kind":"weather","code":"rain","count":{"value":1}}]""",
        """[{"kind":"condition","count":{"value":1}}]""",
        """[{"kind":"condition","code":"ICD10:E11"}]""",
        """[{"kind":"condition","code":"ICD10:E11","count":{"withheld":null}}]""",
        """[{"kind":"condition","code":"ICD10:E11","count":{"value":-1}}]""",
        """[{"kind":"condition","code":"ICD10:E11","count":{}}]""",
        """[{"kind":"condition","code":"ICD10:E11","count":{"value":1},"missingness":1.5}]""",
        """[{"kind":"condition","code":"ICD10:E11\u0000","count":{"value":1}}]""",
        """[{"kind":"condition","code":"ICD10:E11","count":{"value":1},"more":1}]""",
        """[{"kind":"condition","code":"ICD10:E11","label":"\ud800","count":{"value":1}}]""",
        """[{"kind":"age","code":"x","count":{"value":1}}]""",
    ];

    [Theory]
    [MemberData(nameof(BadVariables))]
    public async Task Variables_that_make_no_sense_never_replace_those_that_do(string said)
    {
        var known = await CodesAsync();
        Node.InsteadOfVariables = said switch
        {
            "flood" => Misbehaviours.Flood,
            "hang" => Misbehaviours.Hang,
            "half" => Misbehaviours.Half,
            "500" => Misbehaviours.Status(HttpStatusCode.InternalServerError),
            "twice" => context => PlayedNode.WriteAsync<Variable[]>(context, [Node.Variables[0], Node.Variables[0]]),
            _ => Misbehaviours.Say(said),
        };
        Node.SnapshotId = "s2";
        await Eventually.IsAsync(() => Node.VariablesRead >= 3, _ct);

        Assert.Equal(known, await CodesAsync());
        Assert.Equal("s1", await _service.ScalarAsync<string>("SELECT snapshot_id FROM biobank WHERE biobank_id = 'bbj'"));

        Node.InsteadOfVariables = null;
        await Eventually.IsAsync(async () => await _service.ScalarAsync<string>("SELECT snapshot_id FROM biobank WHERE biobank_id = 'bbj'") == "s2", _ct);
    }

    [Theory]
    [InlineData("other-node")]
    [InlineData("no-name")]
    [InlineData("garbage")]
    public async Task A_description_that_makes_no_sense_counts_as_a_node_that_is_away(string how)
    {
        Node.InsteadOfCatalogue = how switch
        {
            "other-node" => context => PlayedNode.WriteAsync(context, Node.Description with { Node = "tommo" }),
            "no-name" => context => PlayedNode.WriteAsync(context, Node.Description with { Name = "" }),
            _ => Misbehaviours.Say("garbage"),
        };

        await Eventually.IsAsync(async () => !(await _service.BiobanksAsync(_service.App, _ct))[0].Reachable, _ct);

        Assert.Equal("Biobank bbj", (await _service.BiobanksAsync(_service.App, _ct))[0].Description!.Name);
        Assert.True((await _service.BiobanksAsync(_service.App, _ct))[2].Reachable);
    }

    private async Task<List<string?>> CodesAsync(WebApplication? app = null)
    {
        var list = await _service.Researcher(app)
            .GetFromJsonAsync<ListVariables.Response>("/variables?biobank=bbj", ServiceDefaultsExtensions.Json, _ct);
        return [.. list!.Variables.Select(v => v.Variable.Code)];
    }

    private async Task<HttpStatusCode> SearchAsync(WebApplication app, string code)
    {
        var question = JsonSerializer.SerializeToElement(new { cohort = new { condition = code }, purpose = new { use = "HMB" } });
        return (await _service.Researcher(app).PostAsJsonAsync("/searches", question, _ct)).StatusCode;
    }
}
