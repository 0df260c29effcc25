using Microsoft.Extensions.Options;

namespace Kakehashi.Consent.Tests;

public sealed class ConsentOptionsTests(ConsentService service) : IClassFixture<ConsentService>
{
    [Fact]
    public async Task Wrong_settings_stop_the_start_and_name_every_fault()
    {
        var stopped = await Assert.ThrowsAsync<OptionsValidationException>(() => service.StartInstanceAsync(
            TestContext.Current.CancellationToken, "--Consent:Biobanks:0=Not A Slug", "--Consent:NodesUrl=nodes/"));

        Assert.Contains("Not A Slug", stopped.Message, StringComparison.Ordinal);
        Assert.Contains("Consent:NodesUrl", stopped.Message, StringComparison.Ordinal);
    }
}
