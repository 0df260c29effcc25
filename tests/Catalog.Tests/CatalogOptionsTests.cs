using Microsoft.Extensions.Options;

namespace Kakehashi.Catalog.Tests;

public sealed class CatalogOptionsTests(CatalogService service) : IClassFixture<CatalogService>
{
    [Fact]
    public async Task Wrong_settings_stop_the_start_and_name_every_fault()
    {
        var stopped = await Assert.ThrowsAsync<OptionsValidationException>(() => service.StartInstanceAsync(
            TestContext.Current.CancellationToken,
            "--Catalog:Biobanks:0=Not A Slug",
            "--Catalog:Biobanks:1=tommo",
            "--Catalog:NodesUrl=nodes/"));

        Assert.Contains("Not A Slug", stopped.Message, StringComparison.Ordinal);
        Assert.Contains("twice", stopped.Message, StringComparison.Ordinal);
        Assert.Contains("Catalog:NodesUrl", stopped.Message, StringComparison.Ordinal);
    }
}
