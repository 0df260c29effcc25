using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Files;

/// <summary>
/// Writes one biobank's folder. Chunks of participants are made by several workers at once and written in order, so
/// memory stays bounded and the bytes do not depend on the number of workers.
/// </summary>
internal sealed class Folder(string directory, Profile profile, Roster roster, double scale)
{
    private const int ChunkSize = 2048;

    public async Task WriteAsync(int workers, Action<int> written, CancellationToken ct)
    {
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "biobank.yaml"), Configuration.Of(profile), ct);
        await File.WriteAllTextAsync(Path.Combine(directory, "codes.csv"), CodeList.Of(profile), ct);
        var files = Tables.All.Select(Open).ToArray();
        try
        {
            await WriteRowsAsync(files, workers, written, ct);
        }
        finally
        {
            foreach (var file in files)
            {
                await file.DisposeAsync();
            }
        }
    }

    private async Task WriteRowsAsync(FileStream[] files, int workers, Action<int> written, CancellationToken ct)
    {
        var rows = new ParticipantRows(profile, roster);
        var size = profile.Biobank.SizeAt(scale);
        var free = new Stack<Chunk>();
        var running = new Queue<Task<Chunk>>();
        for (var from = 0; from < size || running.Count > 0;)
        {
            if (from < size && running.Count < workers)
            {
                var (chunk, start) = (free.TryPop(out var used) ? used : new Chunk(), from);
                chunk.Participants = Math.Min(ChunkSize, size - from);
                from += chunk.Participants;
                running.Enqueue(Task.Run(() => Fill(rows, chunk, start), ct));
                continue;
            }

            var done = await running.Dequeue();
            foreach (var table in Tables.All)
            {
                await files[(int)table].WriteAsync(done[table].Written, ct);
            }

            written(done.Participants);
            free.Push(done);
        }
    }

    private static Chunk Fill(ParticipantRows rows, Chunk chunk, int from)
    {
        chunk.Clear();
        rows.Write(chunk, from);
        return chunk;
    }

    private FileStream Open(Table table)
    {
        var file = new FileStream(Path.Combine(directory, Tables.FileOf(table)), FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        file.Write(Tables.HeaderOf(table));
        return file;
    }
}
