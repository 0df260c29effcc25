using FsCheck;
using FsCheck.Fluent;
using Kakehashi.Gateway.Sessions;

namespace Kakehashi.Gateway.Tests.Sessions;

public sealed class ReturnPathsTests
{
    private const string Origin = "https://platform.example";

    [Theory]
    [InlineData("/", true)]
    [InlineData("/search?q=a%20b&x=1#top", true)]
    [InlineData("/a//b", true)]
    [InlineData("/..//evil.example", true)] // stays a path of ours
    [InlineData("/sessions", true)]
    [InlineData("", false)]
    [InlineData("search", false)]
    [InlineData("//evil.example", false)]
    [InlineData("///evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("\\\\evil.example", false)]
    [InlineData("/\t/evil.example", false)]
    [InlineData("/\n/evil.example", false)]
    [InlineData("/a b", false)]
    [InlineData("/検索", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("@evil.example", false)]
    [InlineData(".evil.example", false)]
    [InlineData(":443@evil.example", false)]
    [InlineData("/session", false)]
    [InlineData("/Session/sign-in?return=/", false)]
    [InlineData("/session?x", false)]
    public void Only_pages_of_the_platform_are_returned_to(string path, bool isOwn) => Assert.Equal(isOwn, ReturnPaths.IsOwn(path));

    [Fact]
    public void A_path_may_be_long_but_not_endless()
    {
        Assert.True(ReturnPaths.IsOwn($"/{new string('x', 1023)}"));
        Assert.False(ReturnPaths.IsOwn($"/{new string('x', 1024)}"));
    }

    /// <summary>As a browser reads the address: tabs and line ends are dropped, backslashes are slashes.</summary>
    [Fact]
    public void No_accepted_path_leaves_the_platform()
    {
        var pieces = Gen.Elements("/", "//", "\\", "\t", "\n", "\r", "@", ":", ".", "..", "#", "?", "%2f", "%5c", "evil.example", "https:", "javascript:", "session", "x", "　", "\0");
        var paths = Gen.ArrayOf(pieces).Select(string.Concat);
        Prop.ForAll(Gen.OneOf(paths, paths.Select(path => $"/{path}")).ToArbitrary(), path =>
        {
            if (!ReturnPaths.IsOwn(path))
            {
                return true;
            }

            var read = ReturnPaths.AddressOf(Origin, path).Replace("\t", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal)
                .Replace("\r", "", StringComparison.Ordinal).Replace('\\', '/');
            return new Uri(read).GetLeftPart(UriPartial.Authority) == Origin && new Uri(new Uri(Origin), path.Split('?', '#')[0]).Host == "platform.example";
        }).QuickCheckThrowOnFailure();
    }
}
