using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Kakehashi.Adapters.Yaml;

/// <summary>
/// One configuration file while it is read: collects every error with its line, so that all are shown at once, and
/// expands <c>${NAME}</c>.
/// </summary>
internal sealed partial class YamlFile(string path, Func<string, string?> variable)
{
    private readonly List<(long Line, string Text)> _errors = [];

    public string Folder { get; } = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";

    /// <summary>Reads the file's one document, which must be a mapping; null when it is not, with the error noted.</summary>
    public YamlMap? Root()
    {
        try
        {
            using var text = new StreamReader(path);
            var stream = new YamlStream();
            stream.Load(text);
            if (stream.Documents is [{ RootNode: YamlMappingNode root }])
            {
                return new YamlMap(this, root, "the biobank");
            }

            Add(1, "expected one document with keys such as id, name and datasets");
        }
        catch (YamlException e)
        {
            Add(e.Start.Line, $"this is not YAML: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BiobankUnreadableException($"Cannot read {path}: {e.Message}", e) { Code = "adapter.file-missing" };
        }

        return null;
    }

    public void Add(long line, string text) => _errors.Add((line, text));

    public void Add(YamlNode node, string text) => Add(node.Start.Line, text);

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            var name = Path.GetFileName(path);
            var lines = _errors
                .OrderBy(e => e.Line)
                .Distinct()
                .Select(e => string.Create(CultureInfo.InvariantCulture, $"{name}:{e.Line}: {e.Text}"));
            throw new BiobankUnreadableException(string.Join('\n', lines)) { Code = "adapter.configuration" };
        }
    }

    /// <summary>The scalar's text, null for an empty or null scalar; an unset variable is an error that names it.</summary>
    public string? TextOf(YamlScalarNode scalar)
    {
        if (scalar is { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" })
        {
            return null;
        }

        return VariableReference().Replace(scalar.Value ?? "", match =>
        {
            var name = match.Groups[1].Value;
            if (variable(name) is { } value)
            {
                return value;
            }

            Add(scalar, $"the environment variable {name} is not set");
            return "";
        });
    }

    /// <summary>A path of the configuration, relative to its own file.</summary>
    public string Resolve(string relative) => Path.GetFullPath(Path.Combine(Folder, relative));

    [GeneratedRegex(@"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")]
    private static partial Regex VariableReference();
}
