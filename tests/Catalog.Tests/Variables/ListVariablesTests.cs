using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Kakehashi.Catalog.Variables;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Catalog.Tests.Variables;

public sealed class ListVariablesTests(CatalogService service) : IClassFixture<CatalogService>
{
    private readonly CancellationToken _ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_biobanks_variables_are_what_its_node_listed()
    {
        var list = await ListAsync("?biobank=bbj");

        Assert.Equal(
            service.Nodes["bbj"].Variables.OrderBy(v => v.Kind, StringComparer.Ordinal).ThenBy(v => v.Code, StringComparer.Ordinal),
            list.Variables.Select(v => v.Variable));
        Assert.All(list.Variables, v => Assert.Equal("bbj", v.Biobank));
    }

    [Fact]
    public async Task Every_answer_says_how_old_it_is()
    {
        var age = (await ListAsync("")).Biobanks[0];

        Assert.Equal(("bbj", new DateOnly(2026, 4, 1), true), (age.Biobank, age.DataDate, age.Reachable));
        Assert.NotNull(age.VariablesAt);
    }

    [Theory]
    [InlineData("E11.9", "ICD10:E11.9")]
    [InlineData("hemoglobin", "LOINC:4548-4")]
    [InlineData("糖尿病", "ICD10:E11")]
    [InlineData("2型", "ICD10:E11")]
    [InlineData("ｄｎａ", "dna")]
    [InlineData("SMOKING", "smoking=never")]
    public async Task A_variable_is_found_by_code_or_name_in_either_language_and_any_width(string words, string code)
    {
        var list = await ListAsync($"?biobank=bbj&q={Uri.EscapeDataString(words)}");

        Assert.Equal([code], list.Variables.Select(v => v.Variable.Code));
    }

    [Fact]
    public async Task Signs_of_a_pattern_are_letters_like_any_other() =>
        Assert.Empty((await ListAsync("?kind=condition&q=%25")).Variables);

    [Fact]
    public async Task A_withheld_number_is_listed_with_its_reason_and_without_a_number()
    {
        var text = await service.Researcher().GetStringAsync("/variables?biobank=bbj&q=E11.9", _ct);

        Assert.Contains("""{"withheld":"below-threshold"}""", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition()
    {
        var whole = await ListAsync("?limit=1000");
        List<ListVariables.Item> paged = [];
        string? next = null;
        do
        {
            var page = await ListAsync($"?limit=2{(next is null ? "" : $"&after={next}")}");
            paged.AddRange(page.Variables);
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(whole.Variables, paged);
        Assert.Equal(3 * 7, paged.Count);
    }

    [Fact]
    public async Task Kinds_can_be_asked_for_alone() =>
        Assert.Equal(["age", "age", "age"], (await ListAsync("?kind=age")).Variables.Select(v => v.Variable.Kind));

    [Theory]
    [InlineData("?biobank=nowhere", HttpStatusCode.NotFound, "catalog.unknown-biobank")]
    [InlineData("?kind=weather", HttpStatusCode.BadRequest, "catalog.unknown-kind")]
    [InlineData("?limit=0", HttpStatusCode.BadRequest, "catalog.page")]
    [InlineData("?limit=1001", HttpStatusCode.BadRequest, "catalog.page")]
    [InlineData("?after=%21", HttpStatusCode.BadRequest, "catalog.page")]
    [InlineData("?after=AAAA", HttpStatusCode.BadRequest, "catalog.page")]
    [InlineData("?q=%00", HttpStatusCode.BadRequest, "catalog.search-text")]
    [InlineData("?limit=x", HttpStatusCode.BadRequest, "request.invalid")]
    public async Task What_cannot_be_listed_is_refused(string query, HttpStatusCode status, string code)
    {
        var answer = await service.Researcher().GetAsync($"/variables{query}", _ct);

        var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(_ct);
        Assert.Equal((status, $"urn:kakehashi:problem:{code}"), (answer.StatusCode, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_search_text_that_is_too_long_is_refused() => Assert.Equal(
        HttpStatusCode.BadRequest, (await service.Researcher().GetAsync($"/variables?q={new string('x', 101)}", _ct)).StatusCode);

    private async Task<ListVariables.Response> ListAsync(string query) =>
        (await service.Researcher().GetFromJsonAsync<ListVariables.Response>($"/variables{query}", ServiceDefaultsExtensions.Json, _ct))!;
}
