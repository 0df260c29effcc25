using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Metering.Tests;

internal static class Answers
{
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<T>(ServiceDefaultsExtensions.Json, TestContext.Current.CancellationToken))!;

    /// <summary>The problem in an answer, of which the code is checked.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage answer, System.Net.HttpStatusCode status, string code)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = await answer.ReadAsync<JsonElement>();
        Assert.Equal($"urn:kakehashi:problem:{code}", problem.GetProperty("type").GetString());
        return problem;
    }
}
