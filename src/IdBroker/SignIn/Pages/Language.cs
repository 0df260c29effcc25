using Microsoft.Net.Http.Headers;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>The language of a page: Japanese where the browser prefers it, English otherwise.</summary>
public sealed record Language(string Code)
{
    public static readonly Language Japanese = new("ja");
    public static readonly Language English = new("en");

    public static Language Of(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(Find)
        .FirstOrDefault(language => language is not null) ?? English;

    /// <summary>The text in this language.</summary>
    public string Say(string japanese, string english) => this == Japanese ? japanese : english;

    private static Language? Find(StringWithQualityHeaderValue language) => language.Value.Value switch
    {
        { } name when name.StartsWith("ja", StringComparison.OrdinalIgnoreCase) => Japanese,
        { } name when name.StartsWith("en", StringComparison.OrdinalIgnoreCase) => English,
        _ => null,
    };
}
