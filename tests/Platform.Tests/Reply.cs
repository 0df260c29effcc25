using System.Net;
using System.Text.Json;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Platform.Tests;

/// <summary>What the front answered.</summary>
public sealed record Reply(HttpStatusCode Status, string? ContentType, string Text)
{
    private const string Prefix = "urn:kakehashi:problem:";

    /// <summary>The answer in the form agreed on, read as strictly as the platform itself reads; fails the test when it is a refusal.</summary>
    public T Read<T>()
    {
        Assert.True(Status is HttpStatusCode.OK, $"{(int)Status}: {Text}");
        return JsonSerializer.Deserialize<T>(Text, ServiceDefaultsExtensions.Json)!;
    }

    public JsonElement Json() => JsonElement.Parse(Text);

    /// <summary>The code of a refusal, after checking that it is a problem with all that helps (RFC 9457).</summary>
    public string Code()
    {
        Assert.Equal("application/problem+json", ContentType);
        var problem = Json();
        Assert.Equal((int)Status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("title").GetString()));
        var type = problem.GetProperty("type").GetString()!;
        Assert.StartsWith(Prefix, type, StringComparison.Ordinal);
        return type[Prefix.Length..];
    }

    public string? Member(string name) => Json().TryGetProperty(name, out var value) ? value.ToString() : null;
}
