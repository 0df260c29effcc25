using System.Collections.Frozen;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Kakehashi.Adapters;

namespace Kakehashi.Node.Index;

/// <summary>
/// The index on disk, so that a restart does not read the biobank again. One file: magic, fingerprint of what it was built
/// from, arrays as they stand in memory (little-endian), SHA-256 of all before. Written beside and renamed into place.
/// </summary>
public static class IndexSnapshot
{
    private static readonly byte[] Magic = "KKHSIDX2"u8.ToArray();

    public static async Task WriteAsync(string path, string fingerprint, CohortIndex index, CancellationToken ct)
    {
        var partial = path + ".partial";
        await using (var file = new FileStream(partial, Private(FileMode.Create, FileAccess.ReadWrite)))
        {
            await using (var writer = new BinaryWriter(file, Encoding.UTF8, leaveOpen: true))
            {
                writer.Write(Magic);
                writer.Write(fingerprint);
                Write(writer, index);
            }

            file.Position = 0;
            await file.WriteAsync(HashOf(file, file.Length), ct);
            await file.FlushAsync(ct);
            RandomAccess.FlushToDisk(file.SafeFileHandle);
        }

        File.Move(partial, path, overwrite: true);
    }

    /// <summary>Null when there is no snapshot, or it was built from something else, or it is damaged: read the biobank then.</summary>
    public static CohortIndex? TryRead(string path, string fingerprint)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, Private(FileMode.Open, FileAccess.Read));
        if (file.Length < Magic.Length + SHA256.HashSizeInBytes || !IsWhole(file))
        {
            return null;
        }

        file.Position = 0;
        using var buffered = new BufferedStream(file, 1 << 20);
        using var reader = new BinaryReader(buffered);
        return reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic) && reader.ReadString() == fingerprint
            ? Read(reader)
            : null;
    }

    private static bool IsWhole(FileStream file)
    {
        var hash = HashOf(file, file.Length - SHA256.HashSizeInBytes);
        var stored = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(stored);
        return stored.AsSpan().SequenceEqual(hash);
    }

    /// <summary>SHA-256 of the next bytes; the file stands behind them afterwards.</summary>
    private static byte[] HashOf(FileStream file, long bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        while (bytes > 0)
        {
            var read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, bytes));
            hash.AppendData(buffer, 0, read);
            bytes -= read;
        }

        return hash.GetHashAndReset();
    }

    private static FileStreamOptions Private(FileMode mode, FileAccess access) => new()
    {
        Mode = mode,
        Access = access,
        BufferSize = 1 << 20,
        UnixCreateMode = mode == FileMode.Create ? UnixFileMode.UserRead | UnixFileMode.UserWrite : null,
    };

    private static void Write(BinaryWriter writer, CohortIndex index)
    {
        writer.Write(JsonSerializer.Serialize(new Rest(
            [.. index.Holdings], [.. index.Codes.Values], index.Report, index.LoadedAt)));
        WriteArray(writer, index.References);
        writer.Write(index.YoungerThan.Length);
        foreach (var bitmap in index.YoungerThan)
        {
            WriteArray(writer, bitmap);
        }

        // Roll-ups share sets with their only member: each set is written once and named by its number.
        var sets = index.Sets.Values.Concat(index.Datasets.Values).Concat(index.Permissions.Values).Distinct().ToList();
        var numbers = sets.Select((set, number) => (set, number)).ToDictionary(s => s.set, s => s.number);
        writer.Write(sets.Count);
        foreach (var set in sets)
        {
            writer.Write(set.Words is not null);
            WriteArray<ulong>(writer, set.Words);
            WriteArray(writer, set.Lower);
            WriteArray(writer, set.Parts);
        }

        WriteMap(writer, index.Sets, (term, set) =>
        {
            writer.Write((int)term.Kind);
            writer.Write(term.Code);
            writer.Write(numbers[set]);
        });
        foreach (var named in (ReadOnlySpan<FrozenDictionary<string, ParticipantSet>>)[index.Datasets, index.Permissions])
        {
            WriteMap(writer, named, (name, set) =>
            {
                writer.Write(name);
                writer.Write(numbers[set]);
            });
        }

        WriteMap(writer, index.Measurements, (code, column) =>
        {
            writer.Write(code);
            WriteColumn(writer, column);
        });
        WriteColumn(writer, index.Enrolled);
    }

    private static CohortIndex Read(BinaryReader reader)
    {
        var rest = JsonSerializer.Deserialize<Rest>(reader.ReadString())!;
        var references = ReadArray<UInt128>(reader);
        var younger = Repeat(reader, ReadArray<ulong>);
        var sets = Repeat(reader, r =>
        {
            var isDense = r.ReadBoolean();
            var words = ReadArray<ulong>(r);
            return ParticipantSet.FromStored(isDense ? words : null, ReadArray<ushort>(r), ReadArray<int>(r));
        });
        return new()
        {
            References = references,
            YoungerThan = younger,
            Sets = Repeat(reader, r => (Term: new Term((VariableKind)r.ReadInt32(), r.ReadString()), Set: sets[r.ReadInt32()]))
                .ToFrozenDictionary(s => s.Term, s => s.Set),
            Datasets = Named(),
            Permissions = Named(),
            Measurements = Repeat(reader, r => (Code: r.ReadString(), Column: ReadColumn(r)))
                .ToFrozenDictionary(m => m.Code, m => m.Column),
            Enrolled = ReadColumn(reader),
            Holdings = rest.Holdings.ToFrozenSet(),
            Codes = rest.Codes.ToFrozenDictionary(code => new Term(code.Kind, code.Code)),
            Report = rest.Report,
            LoadedAt = rest.LoadedAt,
        };

        FrozenDictionary<string, ParticipantSet> Named() =>
            Repeat(reader, r => (Name: r.ReadString(), Set: sets[r.ReadInt32()])).ToFrozenDictionary(s => s.Name, s => s.Set);
    }

    private static void WriteMap<TKey, TValue>(BinaryWriter writer, FrozenDictionary<TKey, TValue> map, Action<TKey, TValue> write)
        where TKey : notnull
    {
        writer.Write(map.Count);
        foreach (var (key, value) in map)
        {
            write(key, value);
        }
    }

    private static T[] Repeat<T>(BinaryReader reader, Func<BinaryReader, T> read)
    {
        var items = new T[reader.ReadInt32()];
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = read(reader);
        }

        return items;
    }

    private static void WriteColumn(BinaryWriter writer, RangeColumn column)
    {
        WriteArray(writer, column.Values);
        WriteArray(writer, column.Starts);
        WriteArray(writer, column.Ids);
    }

    private static RangeColumn ReadColumn(BinaryReader reader) =>
        new(ReadArray<double>(reader), ReadArray<int>(reader), ReadArray<int>(reader));

    private static void WriteArray<T>(BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    private static T[] ReadArray<T>(BinaryReader reader)
        where T : unmanaged
    {
        var values = new T[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private sealed record Rest(
        IReadOnlyList<Holding> Holdings, IReadOnlyList<CodeEntry> Codes, LoadReport Report, DateTimeOffset LoadedAt);
}
