using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>The language of a page: Japanese where the browser prefers it, English otherwise.</summary>
public sealed record Language(string Code)
{
    public static readonly Language Japanese = new("ja");
    public static readonly Language English = new("en");

    private static readonly TimeSpan JapanStandardTime = TimeSpan.FromHours(9);

    public static Language Of(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(Find)
        .FirstOrDefault(language => language is not null) ?? English;

    /// <summary>The text in this language.</summary>
    public string Say(string japanese, string english) => this == Japanese ? japanese : english;

    /// <summary>A moment, as people there read the clock.</summary>
    public string Say(DateTimeOffset at) => this == Japanese
        ? string.Create(CultureInfo.InvariantCulture, $"{at.ToOffset(JapanStandardTime):yyyy-MM-dd HH:mm}")
        : string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private static Language? Find(StringWithQualityHeaderValue language) => language.Value.Value switch
    {
        { } name when name.StartsWith("ja", StringComparison.OrdinalIgnoreCase) => Japanese,
        { } name when name.StartsWith("en", StringComparison.OrdinalIgnoreCase) => English,
        _ => null,
    };
}
