using System.Net;
using System.Text.Json;
using Kakehashi.Contracts;

namespace Kakehashi.Catalog.Tests.Biobanks;

public sealed class ListBiobanksTests : IAsyncLifetime
{
    private readonly CatalogService _service = new();
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _service.InitializeAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task Every_biobank_is_listed_with_what_it_says_of_itself()
    {
        var biobanks = await _service.BiobanksAsync(_service.App, _ct);

        Assert.Equal(CatalogService.Biobanks, biobanks.Select(b => b.Id));
        var bbj = biobanks[0];
        Assert.True(bbj.Reachable);
        Assert.NotNull(bbj.SeenAt);
        Assert.Equal(
            JsonSerializer.Serialize(_service.Nodes["bbj"].Description), JsonSerializer.Serialize(bbj.Description));
    }

    [Fact]
    public async Task A_node_that_is_away_is_listed_as_it_was_last_known()
    {
        _service.Nodes["bbj"].InsteadOfCatalogue = Misbehaviours.Status(HttpStatusCode.BadGateway);

        await Eventually.IsAsync(async () => !(await _service.BiobanksAsync(_service.App, _ct))[0].Reachable, _ct);

        var bbj = (await _service.BiobanksAsync(_service.App, _ct))[0];
        Assert.Equal("Biobank bbj", bbj.Description!.Name);
        Assert.True((await _service.BiobanksAsync(_service.App, _ct))[1].Reachable);

        _service.Nodes["bbj"].InsteadOfCatalogue = null;
        await Eventually.IsAsync(async () => (await _service.BiobanksAsync(_service.App, _ct))[0].Reachable, _ct);
    }

    [Fact]
    public async Task A_biobank_never_seen_is_listed_without_a_description()
    {
        _service.Nodes["newone"].InsteadOfCatalogue = Misbehaviours.Status(HttpStatusCode.BadGateway);
        var app = await _service.StartInstanceAsync(_ct, "--Catalog:Biobanks:3=newone");

        var biobank = (await _service.BiobanksAsync(app, _ct)).Single(b => b.Id == "newone");

        Assert.Equal((false, null, null), (biobank.Reachable, biobank.SeenAt, biobank.Description));
    }

    [Fact]
    public async Task A_biobank_that_is_no_longer_configured_is_no_longer_listed()
    {
        await _service.ScalarAsync<object>("INSERT INTO biobank (biobank_id, registered) VALUES ('closed', true)");
        var app = await _service.StartInstanceAsync(_ct);

        Assert.Equal(CatalogService.Biobanks, (await _service.BiobanksAsync(app, _ct)).Select(b => b.Id));
        Assert.Equal(ProtectedCount.Released(1000), (await _service.BiobanksAsync(app, _ct))[0].Description!.Participants);
    }
}
