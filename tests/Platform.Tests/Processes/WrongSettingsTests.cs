using Kakehashi.ServiceDefaults;

namespace Kakehashi.Platform.Tests.Processes;

public sealed class WrongSettingsTests
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("IdBroker", "ConnectionStrings:idbroker", "Issuer", "KeyEncryptionKeyFile")]
    [InlineData("Gateway", "ConnectionStrings:gateway", "Tokens:Audience", "Tokens:ClientKeyFile", "Authority", "CallerBurst")]
    [InlineData("Metering", "ConnectionStrings:metering", "Tokens:Audience", "Authority")]
    [InlineData("Catalog", "ConnectionStrings:catalog", "NodesUrl", "Biobanks", "Tokens:Audience", "Tokens:ClientKeyFile", "Authority")]
    [InlineData("Consent", "ConnectionStrings:consent", "NodesUrl", "Biobanks", "Tokens:Audience", "Tokens:ClientKeyFile", "Authority")]
    [InlineData("Node", "Biobank", "DataDirectory", "GatewayUrl", "MeteringUrl", "Tokens:Audience", "Tokens:ClientKeyFile", "Authority")]
    public async Task A_service_with_wrong_settings_does_not_start_and_lists_them_all(string service, params string[] settings)
    {
        using var process = ChildProcess.Start(service, "--urls=http://127.0.0.1:0", "--Gateway:CallerBurst=0");

        Assert.Equal(ServiceProcess.WrongSettings, await process.ExitCodeAsync(_ct));

        Assert.All(settings, setting => Assert.Contains(setting, process.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_lists_the_faults_of_its_biobank_file()
    {
        var folder = Directory.CreateTempSubdirectory("wrong-settings-");
        try
        {
            var file = Path.Combine(folder.FullName, "biobank.yaml");
            await File.WriteAllTextAsync(file, "id: Wrong Id\nname: A biobank\nmodel: spreadsheet\n", _ct);
            using var process = ChildProcess.Start(
                "Node",
                $"--Node:Biobank={file}", $"--Node:DataDirectory={folder.FullName}/data", "--Tunnel:GatewayUrl=http://127.0.0.1:1",
                "--Ledger:MeteringUrl=http://127.0.0.1:1/", "--Tokens:Authority=http://127.0.0.1:1", "--Tokens:Audience=node:wrong",
                "--Tokens:ClientId=node:wrong", "--Tokens:ClientKeyFile=none.pem");

            Assert.Equal(ServiceProcess.WrongSettings, await process.ExitCodeAsync(_ct));

            Assert.All(
                new[] { "id", "nameJa", "model must be csv or omop", "datasets" },
                fault => Assert.Contains(fault, process.Errors, StringComparison.Ordinal));
            Assert.DoesNotContain("   at ", process.Errors, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Path.Combine(folder.FullName, "data")), "It left something behind.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
