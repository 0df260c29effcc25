using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Kakehashi.Node.Passports;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Node.Tests.Passports;

/// <summary>
/// A clearinghouse that trusts two issuers: both for the registry and for links, the first also for the committee. A third
/// issuer, a stranger, signs just as well.
/// </summary>
internal sealed class House : IDisposable
{
    public const string Stranger = "https://stranger.example";

    private readonly VisaOffice _first = new();
    private readonly VisaOffice _second = new();
    private readonly VisaOffice _stranger = new();

    public House(long? longest = null) => Clearinghouse = new(
        new(
            new Dictionary<string, TrustedSources>
            {
                [Claimed.First] = new([Claimed.Registry, Claimed.Committee], "https://keys.example/first"),
                [Claimed.Second] = new([Claimed.Registry]),
            }.ToFrozenDictionary(),
            [Claimed.Committee],
            "node:test",
            longest),
        new Dictionary<string, FindKey> { [Claimed.First] = _first.Keys, [Claimed.Second] = _second.Keys },
        new FixedClock(Claimed.Now));

    public Clearinghouse Clearinghouse { get; }

    public string Sign(Claimed visa, JsonObject? header = null) => Sign(visa.ToJson(), header);

    public string Sign(JsonObject visa, JsonObject? header = null) => (visa["iss"]?.ToString() switch
    {
        Claimed.First => _first,
        Claimed.Second => _second,
        _ => _stranger,
    }).Sign(visa, header);

    /// <summary>The same claims, signed by somebody else.</summary>
    public string Forge(Claimed visa) => _stranger.Sign(visa.ToJson());

    /// <summary>Signatures in, decision out; the caller is u1 of the first issuer.</summary>
    public PassportDecision Decide(IReadOnlyList<string> visas, int seconds = 0) =>
        Clearinghouse.Decide(Claimed.Dataset, new("u1", Claimed.First), Check(visas), seconds);

    public PassportDecision Decide(params IReadOnlyList<Claimed> visas) => Decide([.. visas.Select(visa => Sign(visa))]);

    public CheckedVisas Check(IReadOnlyList<string> visas)
    {
        var check = Clearinghouse.CheckAsync(visas, CancellationToken.None).AsTask();
        Assert.True(check.IsCompleted); // the keys are at hand
        return check.Result;
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _stranger.Dispose();
    }
}
