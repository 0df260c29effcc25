using System.Buffers.Text;
using System.Text;

namespace Kakehashi.Catalog.Variables;

/// <summary>Where a page of variables ended. Opaque to callers.</summary>
internal sealed record Cursor(string Kind, string Code, string Biobank)
{
    private const char Between = '\n';

    /// <summary>Before the first variable.</summary>
    public static Cursor Start { get; } = new("", "", "");

    public static Cursor? Read(string? text)
    {
        if (text is null)
        {
            return Start;
        }

        return text.Length <= 2000 && Base64Url.IsValid(text)
            && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split(Between) is [var kind, var code, var biobank]
            && !code.Contains('\0', StringComparison.Ordinal) && !kind.Contains('\0', StringComparison.Ordinal)
            && !biobank.Contains('\0', StringComparison.Ordinal)
            ? new(kind, code, biobank)
            : null;
    }

    public override string ToString() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{Kind}{Between}{Code}{Between}{Biobank}"));
}
