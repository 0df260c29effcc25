using System.Text;
using Kakehashi.Adapters.Yaml;

namespace Kakehashi.Adapters.Csv;

/// <summary>Reads how files are written; what a file does not say is as in the section around it.</summary>
internal static class CsvDialectReader
{
    public static readonly CsvDialect Default = new(',', '"', EncodingOf("utf-8")!, [], "yyyy-MM-dd");

    public static CsvDialect Read(YamlMap map, CsvDialect outer)
    {
        var delimiter = map.Text("delimiter") switch
        {
            null => outer.Delimiter,
            "tab" or "\\t" or "\t" => '\t',
            { Length: 1 } one when !char.IsLetterOrDigit(one[0]) => one[0],
            _ => Wrong(map, "delimiter must be one character, or tab", outer.Delimiter),
        };
        var quote = map.Text("quote") switch
        {
            null => outer.Quote,
            "none" => null,
            { Length: 1 } one when one[0] != delimiter => one[0],
            _ => Wrong(map, "quote must be one character, or none", outer.Quote),
        };
        var encoding = map.Text("encoding") is { } name
            ? EncodingOf(name) ?? Wrong(map, "encoding must be utf-8 or shift_jis", outer.Encoding)
            : outer.Encoding;
        return new(delimiter, quote, encoding, map.Texts("missing") ?? outer.Missing, map.Text("dates") ?? outer.Dates);
    }

    /// <summary>The encoding, with U+FFFD for bytes it does not know, so that the reader can tell.</summary>
    private static Encoding? EncodingOf(string name)
    {
        var replacement = new DecoderReplacementFallback("\uFFFD");
        return name switch
        {
            "utf-8" => Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, replacement),
            "shift_jis" => CodePagesEncodingProvider.Instance.GetEncoding("shift_jis", EncoderFallback.ExceptionFallback, replacement),
            _ => null,
        };
    }

    private static T Wrong<T>(YamlMap map, string text, T fallback)
    {
        map.Error(text);
        return fallback;
    }
}
