using Kakehashi.Adapters.CodeSystems;
using Kakehashi.Adapters.Yaml;

namespace Kakehashi.Adapters.Csv;

/// <summary>Reads the <c>csv</c> section of a biobank's configuration.</summary>
internal static class CsvMappingReader
{
    public static CsvMapping Read(YamlMap csv, IReadOnlyList<string> datasets)
    {
        var dialect = CsvDialectReader.Read(csv, CsvDialectReader.Default);
        var lists = new List<CodeList>();
        var codes = new List<ListedCode>();
        foreach (var map in csv.Maps("codes"))
        {
            if (map.Text("file") is { } path)
            {
                lists.Add(new(NameOf(csv.File, path), csv.File.Resolve(path), CsvDialectReader.Read(map, dialect)));
            }
            else if (ListedCodeReader.Read(map) is { } code)
            {
                codes.Add(code);
            }

            map.End();
        }

        var files = csv.Maps("files").Select(map => File(map, dialect, datasets)).ToList();
        if (!files.Any(file => file.Participant is not null))
        {
            csv.Error("no file has participants");
        }

        csv.End();
        return new(files, lists, codes);
    }

    private static CsvFile File(YamlMap map, CsvDialect outer, IReadOnlyList<string> datasets)
    {
        var dialect = CsvDialectReader.Read(map, outer);
        var path = map.Required("path");
        var file = new CsvFile(
            NameOf(map.File, path),
            map.File.Resolve(path),
            dialect,
            map.Required("id"),
            [.. map.Maps("join").Select(join => Join(join, dialect))],
            map.Map("participant") is { } participant ? ParticipantMappingReader.Read(participant, datasets) : null,
            [.. FactMappingReader.Read(map)],
            [.. map.Maps("measurements").Select(FactMappingReader.Measurement)]);
        map.End();
        return file;
    }

    private static CsvJoin Join(YamlMap map, CsvDialect outer)
    {
        var path = map.Required("path");
        var join = new CsvJoin(
            map.Required("as"),
            NameOf(map.File, path),
            map.File.Resolve(path),
            CsvDialectReader.Read(map, outer),
            map.Required("key"),
            map.Required("column"));
        map.End();
        return join;
    }

    /// <summary>A file's name in reports: its path inside the configuration's folder, else its bare name.</summary>
    private static string NameOf(YamlFile file, string path)
    {
        var relative = Path.GetRelativePath(file.Folder, file.Resolve(path));
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? Path.GetFileName(path) : relative;
    }
}
