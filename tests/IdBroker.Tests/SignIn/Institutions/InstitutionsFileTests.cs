using Kakehashi.IdBroker.SignIn.Institutions;

namespace Kakehashi.IdBroker.Tests.SignIn.Institutions;

public sealed class InstitutionsFileTests : IDisposable
{
    internal static readonly InstitutionEntry Good = new(
        "example", "https://idp.example.ac.jp", "例大学", "Example University", "Example University", "kakehashi",
        InstitutionAuthentication.PrivateKeyJwt, ["example.ac.jp"]);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("institutions-file-");

    public static TheoryData<string, InstitutionEntry> Faulty => new()
    {
        { "slug", Good with { Slug = "Example" } },
        { "slug", Good with { Slug = "../x" } },
        { "issuer", Good with { Issuer = "http://idp.example.ac.jp" } },
        { "issuer", Good with { Issuer = "https://idp.example.ac.jp?x=1" } },
        { "issuer", Good with { Issuer = "https://user@idp.example.ac.jp" } },
        { "nameJa", Good with { NameJa = " " } },
        { "nameEn", Good with { NameEn = "a\nb" } },
        { "org", Good with { Org = "" } },
        { "clientId", Good with { ClientId = "" } },
        { "authentication", Good with { Authentication = "none", SecretFile = "secret" } },
        { "secretFile", Good with { Authentication = InstitutionAuthentication.SecretBasic } },
        { "secretFile", Good with { SecretFile = "secret" } },
        { "assertionAudience", Good with { AssertionAudience = "everybody" } },
        { "scopes", Good with { Scopes = ["profile"] } },
        { "scopes", Good with { Scopes = ["openid", "a b"] } },
        { "affiliationScopes", Good with { AffiliationScopes = ["Example.ac.jp"] } },
        { "affiliationScopes", Good with { AffiliationScopes = ["jp"] } },
        { "algorithms", Good with { Algorithms = ["HS256"] } },
        { "algorithms", Good with { Algorithms = ["none"] } },
        { "algorithms", Good with { Algorithms = [] } },
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_good_entry_has_no_fault() => Assert.Empty(InstitutionsFileRules.Faults(
        [Good, Good with { Slug = "other", Issuer = "https://idp.other.ac.jp/", Authentication = InstitutionAuthentication.SecretPost, SecretFile = "x" }]));

    [Theory]
    [MemberData(nameof(Faulty))]
    public void A_fault_is_named(string member, InstitutionEntry entry) =>
        Assert.StartsWith($"{entry.Slug}: {member} ", Assert.Single(InstitutionsFileRules.Faults([entry])), StringComparison.Ordinal);

    [Fact]
    public void Two_entries_with_one_name_or_one_issuer_are_named() => Assert.Equal(
        ["the slug example is used twice.", "the issuer https://idp.example.ac.jp is listed twice."], InstitutionsFileRules.Faults([Good, Good]));

    [Fact]
    public async Task All_faults_of_the_file_stop_the_start_at_once()
    {
        var path = Write("""
            {"institutions": [
              {"slug": "a1", "issuer": "http://a.example", "nameJa": "a", "nameEn": "a", "org": "a", "clientId": "a",
               "authentication": "client_secret_post", "secretFile": "missing", "affiliationScopes": []},
              {"slug": "b1", "issuer": "https://b.example", "nameJa": "b", "nameEn": "b", "org": "b", "clientId": "b",
               "authentication": "private_key_jwt", "affiliationScopes": [], "algorithms": ["HS256"]}]}
            """);

        var fault = await Assert.ThrowsAsync<AggregateException>(() => Program.BuildAsync(
            ["--IdBroker:Issuer=https://kakehashi.example/id", "--IdBroker:KeyEncryptionKeyFile=kek", $"--IdBroker:InstitutionsFile={path}"]));

        Assert.Contains("a1: issuer", fault.Message, StringComparison.Ordinal);
        Assert.Contains("a1: secretFile cannot be read", fault.Message, StringComparison.Ordinal);
        Assert.Contains("b1: algorithms", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"institutions": [{"slug": "a1"}]}""")]
    [InlineData("""{"institutions": [], "more": 1}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public void A_file_of_another_shape_is_named(string text) =>
        Assert.Contains("institutions.json", Assert.Single(InstitutionsFile.FaultsIn(Write(text))), StringComparison.Ordinal);

    [Fact]
    public void A_secret_is_read_beside_the_file_without_its_line_end()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "secret"), "s3cret\n");

        Assert.Equal("s3cret", InstitutionsFile.SecretOf(Good with { SecretFile = "secret" }, Write("{}")));
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder.FullName, "institutions.json");
        File.WriteAllText(path, text);
        return path;
    }
}
