using FsCheck;
using FsCheck.Fluent;
using Kakehashi.IdBroker.SignIn.Clients;

namespace Kakehashi.IdBroker.Tests.SignIn.Clients;

public sealed class RedirectRulesTests
{
    [Theory]
    [InlineData("https://app.example/callback")]
    [InlineData("https://app.example")]
    [InlineData("https://app.example:8443/a/b?c=d&e=%C3%A9")]
    [InlineData("https://xn--r8jz45g.example/")]
    public void An_https_address_is_taken(string address) => Assert.Null(RedirectRules.WhyNot(address, mayBeLocal: false));

    [Theory]
    [InlineData("http://127.0.0.1:8400/callback")]
    [InlineData("http://[::1]:8400/")]
    [InlineData("http://localhost:3000")]
    public void An_address_on_the_persons_own_machine_is_taken_of_clients_without_a_key(string address)
    {
        Assert.Null(RedirectRules.WhyNot(address, mayBeLocal: true));
        Assert.Equal("client-address-local-with-key", RedirectRules.WhyNot(address, mayBeLocal: false)?.Code);
    }

    [Theory]
    [InlineData("https://app.example/callback#there", "fragment")]
    [InlineData("https://app.example/#", "fragment")]
    [InlineData("https://*.example/callback", "wildcard")]
    [InlineData("https://app.example/*", "wildcard")]
    [InlineData("http://app.example/callback", "not-https")]
    [InlineData("http://127.0.0.1.example/", "not-https")]
    [InlineData("http://10.0.0.1/", "not-https")]
    [InlineData("com.example.app:/callback", "scheme")]
    [InlineData("com.example.app://callback", "scheme")]
    [InlineData("javascript:alert(1)", "scheme")]
    [InlineData("data:text/html,x", "scheme")]
    [InlineData("file:///etc/passwd", "scheme")]
    [InlineData("HTTPS://app.example/", "scheme")]
    [InlineData("/callback", "not-absolute")]
    [InlineData("//app.example/callback", "not-absolute")]
    [InlineData("app.example/callback", "not-absolute")]
    [InlineData("https:callback", "not-absolute")]
    [InlineData("https:///callback", "not-absolute")]
    [InlineData("", "not-absolute")]
    [InlineData(" https://app.example/", "not-absolute")]
    [InlineData("https://user@app.example/", "user-info")]
    [InlineData("https://app.example@evil.example/", "user-info")]
    [InlineData("https://APP.example/", "spelling")]
    [InlineData("https://app.example:443/", "spelling")]
    [InlineData("https://app.example/a/../b", "spelling")]
    [InlineData("https://app.example/a b", "spelling")]
    [InlineData("https://app.example\\evil", "not-absolute")]
    [InlineData("https://app.example/é", "spelling")]
    [InlineData("https://例え.example/", "spelling")]
    [InlineData("https://app.example/\r\nSet-Cookie: a=b", "spelling")]
    public void What_is_not_exactly_one_safe_address_is_refused_by_its_own_rule(string address, string code)
    {
        Assert.Equal($"client-address-{code}", RedirectRules.WhyNot(address, mayBeLocal: true)?.Code);
    }

    [Fact]
    public void Too_long_an_address_is_refused() =>
        Assert.Equal("client-address-too-long", RedirectRules.WhyNot($"https://app.example/{new string('a', 2000)}", mayBeLocal: false)?.Code);

    [Fact]
    public void Whatever_is_taken_is_https_or_local_and_has_one_spelling()
    {
        var pieces = new[] { "http", "https", ":", "/", "//", "app.example", "127.0.0.1", "@", "#", "*", "?", ":443", ":80", "..", "%2e", "A", "a", " ", "\\", "[::1]", "é" };
        var addresses = Gen.Elements(pieces).ListOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(addresses, address =>
        {
            if (RedirectRules.WhyNot(address, mayBeLocal: true) is not null)
            {
                return true;
            }

            var uri = new Uri(address);
            return (uri.Scheme == "https" || uri.IsLoopback) && uri.AbsoluteUri.TrimEnd('/') == address.TrimEnd('/') && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
