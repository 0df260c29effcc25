using System.Net.Http.Json;
using System.Text.Json;

namespace Kakehashi.Gateway.Tests;

/// <summary>An answer as it must be.</summary>
public static class Expect
{
    /// <summary>A problem (RFC 9457) with this status and stable code.</summary>
    public static async Task ProblemAsync(HttpResponseMessage answer, int status, string code)
    {
        using (answer)
        {
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(status == (int)answer.StatusCode, $"{status} expected, {(int)answer.StatusCode} received: {text}");
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
            Assert.Equal($"urn:kakehashi:problem:{code}", JsonElement.Parse(text).GetProperty("type").GetString());
        }
    }
}
