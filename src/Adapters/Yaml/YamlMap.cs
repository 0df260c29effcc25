using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Kakehashi.Adapters.Yaml;

/// <summary>
/// A mapping whose keys are asked for by name. <see cref="End"/> turns every key nobody asked for into an error that
/// lists the allowed ones, so a misspelt key can never be ignored.
/// </summary>
internal sealed class YamlMap(YamlFile file, YamlMappingNode node, string what)
{
    private readonly List<string> _asked = [];

    public YamlFile File => file;

    public string What => what;

    public void Error(string text) => file.Add(node, $"{what}: {text}");

    public YamlNode? Node(string key)
    {
        _asked.Add(key);
        return node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;
    }

    public string? Text(string key) => Node(key) switch
    {
        null => null,
        YamlScalarNode scalar => file.TextOf(scalar),
        var other => Wrong<string>(other, key, "a text"),
    };

    /// <summary>Empty when absent; the error is noted.</summary>
    public string Required(string key)
    {
        var value = Text(key);
        if (value is null && !node.Children.ContainsKey(new YamlScalarNode(key)))
        {
            Error($"{key} is missing");
        }

        return value ?? "";
    }

    public double? Number(string key)
    {
        var text = Text(key);
        if (text is null)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : Wrong<double?>(Node(key)!, key, "a number");
    }

    public int? Integer(string key)
    {
        var number = Number(key);
        return number is null || (number % 1 == 0 && Math.Abs(number.Value) < int.MaxValue)
            ? (int?)number
            : Wrong<int?>(Node(key)!, key, "a whole number");
    }

    public YamlMap? Map(string key) => Node(key) is { } value ? AsMap(value, key) : null;

    /// <summary>The mapping under the key, or a mapping made of one key when a plain text stands there.</summary>
    public YamlMap? MapOr(string key, string shortFor) => Node(key) switch
    {
        null => null,
        YamlScalarNode scalar => new YamlMap(file, new YamlMappingNode(new YamlScalarNode(shortFor), scalar), $"{key} of {what}"),
        var value => AsMap(value, key),
    };

    /// <summary>The mappings of a list; a single mapping stands for a list of one.</summary>
    public IReadOnlyList<YamlMap> Maps(string key) => Node(key) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(item => AsMap(item, key)).OfType<YamlMap>()],
        var single => AsMap(single, key) is { } map ? [map] : [],
    };

    /// <summary>The texts of a list; a single text stands for a list of one. Null when the key is absent.</summary>
    public IReadOnlyList<string>? Texts(string key) => Node(key) switch
    {
        null => null,
        YamlScalarNode single => file.TextOf(single) is { } text ? [text] : [],
        YamlSequenceNode list when list.Children.All(item => item is YamlScalarNode) =>
            [.. list.Children.Cast<YamlScalarNode>().Select(item => file.TextOf(item) ?? "")],
        var other => Wrong<IReadOnlyList<string>>(other, key, "a list of texts"),
    };

    /// <summary>A table of texts (value: meaning), or null when absent. A null meaning is kept.</summary>
    public IReadOnlyDictionary<string, string?>? Table(string key)
    {
        if (Map(key) is not { } map)
        {
            return null;
        }

        return map.Keys().ToDictionary(name => name, map.Text, StringComparer.Ordinal);
    }

    /// <summary>All keys, for mappings whose keys are data.</summary>
    public IReadOnlyList<string> Keys() => [.. node.Children.Keys.Select(key => (key as YamlScalarNode)?.Value ?? "")];

    public bool Has(string key) => node.Children.ContainsKey(new YamlScalarNode(key));

    /// <summary>Notes an error for every key that was not asked for.</summary>
    public void End()
    {
        foreach (var key in node.Children.Keys)
        {
            if (key is not YamlScalarNode { Value: { } name } || !_asked.Contains(name))
            {
                file.Add(key, $"{what}: unknown key '{key}'; allowed here: {string.Join(", ", _asked.Distinct())}");
            }
        }
    }

    private YamlMap? AsMap(YamlNode value, string key) =>
        value is YamlMappingNode map ? new YamlMap(file, map, $"{key} of {what}") : Wrong<YamlMap>(value, key, "keys and values");

    private T? Wrong<T>(YamlNode value, string key, string expected)
    {
        file.Add(value, $"{what}: {key} must be {expected}");
        return default;
    }
}
