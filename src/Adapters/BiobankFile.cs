using System.Globalization;
using System.Text.RegularExpressions;
using Kakehashi.Adapters.CodeSystems;
using Kakehashi.Adapters.Csv;
using Kakehashi.Adapters.Omop;
using Kakehashi.Adapters.Yaml;

namespace Kakehashi.Adapters;

/// <summary>Reads a biobank's configuration file (biobank.yaml).</summary>
public static partial class BiobankFile
{
    private const int LongestUrl = 200;

    /// <summary>
    /// Reads the file; throws <see cref="BiobankUnreadableException"/> with code <c>adapter.configuration</c> and one line
    /// for each error when it is not right. Opens none of the data.
    /// </summary>
    /// <param name="path">The configuration file.</param>
    /// <param name="variable">Answers <c>${NAME}</c>; the environment when null.</param>
    public static Biobank Load(string path, Func<string, string?>? variable = null)
    {
        var file = new YamlFile(path, variable ?? Environment.GetEnvironmentVariable);
        var biobank = file.Root() is { } root ? Read(root) : null;
        file.ThrowIfAny();
        return biobank!;
    }

    private static Biobank Read(YamlMap root)
    {
        var datasets = root.Maps("datasets").Select(Dataset).ToList();
        if (datasets.Count == 0 || datasets.DistinctBy(d => d.Id).Count() != datasets.Count)
        {
            root.Error("datasets must be at least one, each with its own id");
        }

        var biobank = new Biobank(
            SlugOf(root, "id"),
            root.Required("name"),
            root.Required("nameJa"),
            DataDate(root),
            root.Required("model"),
            Disclosure(root),
            datasets)
        {
            Url = Url(root),
            Mapping = Mapping(root, [.. datasets.Select(d => d.Id)]),
        };
        root.End();
        return biobank;
    }

    private static object? Mapping(YamlMap root, IReadOnlyList<string> datasets)
    {
        var model = root.Text("model");
        if (model is not ("csv" or "omop"))
        {
            root.Error("model must be csv or omop");
            return null;
        }

        if (root.Map(model) is { } section)
        {
            return model is "csv" ? CsvMappingReader.Read(section, datasets) : OmopMappingReader.Read(section, datasets);
        }

        root.Error($"{model} is missing: the section of the {model} adapter");
        return null;
    }

    private static BiobankDataset Dataset(YamlMap map)
    {
        var dataset = new BiobankDataset(SlugOf(map, "id"), map.Texts("terms") ?? []);
        foreach (var term in dataset.Terms.Where(t => !IsTerm(t)))
        {
            map.Error($"'{term}' is no data use term: write DUO:0000042, or DUO:0000007 and a disease after a space");
        }

        map.End();
        return dataset;
    }

    private static DisclosureWish Disclosure(YamlMap root)
    {
        var map = root.MapOr("disclosure", shortFor: "preset");
        if (map is null)
        {
            root.Error("disclosure is missing");
            return new("", null, null);
        }

        var wish = new DisclosureWish(map.Required("preset"), map.Integer("threshold"), map.Integer("rounding"));
        if (wish is { Threshold: < 1 } or { Rounding: < 1 })
        {
            map.Error("threshold and rounding are at least 1");
        }

        map.End();
        return wish;
    }

    // Visas name a dataset {url}/datasets/{id} in at most 255 characters (GA4GH Passport, "URL Claims").
    private static string? Url(YamlMap root)
    {
        var text = root.Text("url");
        if (text is not null && !(text.Length <= LongestUrl && !text.EndsWith('/') && Uri.TryCreate(text, UriKind.Absolute, out var url)
            && url.Scheme is "https" or "http" && url is { Query: "", Fragment: "" }))
        {
            root.Error($"url must be a web address of at most {LongestUrl} characters, without a slash at its end");
        }

        return text;
    }

    private static DateOnly DataDate(YamlMap root)
    {
        var text = root.Required("dataDate");
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && text.Length > 0)
        {
            root.Error("dataDate must be a day: 2026-04-01");
        }

        return date;
    }

    private static string SlugOf(YamlMap map, string key)
    {
        var text = map.Required(key);
        if (text.Length > 0 && !Slug().IsMatch(text))
        {
            map.Error($"{key} must be lower-case letters, digits and hyphens, 2 to 31 of them, starting with a letter");
        }

        return text;
    }

    private static bool IsTerm(string term) => Term().Match(term) is { Success: true } match
        && (!match.Groups["disease"].Success || Curie.IsValid(match.Groups["disease"].ValueSpan));

    [GeneratedRegex("^[a-z][a-z0-9-]{1,30}$")]
    private static partial Regex Slug();

    [GeneratedRegex("^DUO:[0-9]{7}( (?<disease>[^ ]+))?$")]
    private static partial Regex Term();
}
