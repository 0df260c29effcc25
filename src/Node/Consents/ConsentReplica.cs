using System.Text.Json;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults;

namespace Kakehashi.Node.Consents;

/// <summary>
/// The node's durable copy of its biobank's consent changes: one JSON line a change, in order, synced before it counts.
/// It also knows when Consent was last heard: without that the node cannot know who has withdrawn, and refuses.
/// </summary>
public sealed class ConsentReplica : IDisposable
{
    private readonly FileStream _file;
    private readonly TimeProvider _clock;
    private readonly HashSet<ParticipantRef> _withdrawn = [];
    private long _upToDateAt;
    private bool _failed;

    public ConsentReplica(string path, TimeProvider clock)
    {
        _clock = clock;
        _upToDateAt = long.MinValue;
        _file = new(path, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        Recover();
    }

    /// <summary>Sequence of the last change applied durably; 0 before the first.</summary>
    public long Applied { get; private set; }

    public IReadOnlyCollection<ParticipantRef> Withdrawn => _withdrawn;

    /// <summary>True when Consent has confirmed within <paramref name="limit"/> that nothing newer is waiting.</summary>
    public bool IsFresh(TimeSpan limit)
    {
        var at = Volatile.Read(ref _upToDateAt);
        return at != long.MinValue && _clock.GetElapsedTime(at) <= limit;
    }

    /// <summary>
    /// Applies what follows on from <see cref="Applied"/>. Changes seen before are skipped; after a gap nothing is applied,
    /// and the unchanged <see cref="Applied"/> tells Consent where to go on.
    /// </summary>
    public void Apply(ConsentChanges changes)
    {
        var news = changes.Changes.Where(change => change.Sequence > Applied).ToList();
        if (changes.After <= Applied && news.Select((change, i) => change.Sequence == Applied + 1 + i).All(dense => dense))
        {
            Append(news);
        }

        if (Applied >= changes.Head)
        {
            Volatile.Write(ref _upToDateAt, _clock.GetTimestamp());
        }
    }

    public void Dispose() => _file.Dispose();

    private void Append(List<ConsentChange> changes)
    {
        if (changes.Count == 0)
        {
            return;
        }

        if (_failed)
        {
            throw new IOException("The consent replica could not be written before; the node must be restarted.");
        }

        _failed = true; // until the sync has succeeded: a half-written file is never written on
        foreach (var change in changes)
        {
            _file.Write(JsonSerializer.SerializeToUtf8Bytes(change, ServiceDefaultsExtensions.Json));
            _file.WriteByte((byte)'\n');
        }

        _file.Flush(flushToDisk: true);
        _failed = false;
        changes.ForEach(Remember);
    }

    /// <summary>A kind of change this version does not know is taken as a withdrawal: failure answers less, never more.</summary>
    private void Remember(ConsentChange change)
    {
        _withdrawn.Add(change.Participant);
        Applied = change.Sequence;
    }

    /// <summary>Reads the file back; a last line that was cut off by a crash was never acknowledged and is removed.</summary>
    private void Recover()
    {
        var bytes = new byte[_file.Length];
        _file.ReadExactly(bytes);
        var end = bytes.AsSpan().LastIndexOf((byte)'\n') + 1;
        foreach (var line in bytes.AsSpan(0, end).Split((byte)'\n'))
        {
            if (!bytes.AsSpan(line).IsEmpty)
            {
                Remember(JsonSerializer.Deserialize<ConsentChange>(bytes.AsSpan(line), ServiceDefaultsExtensions.Json)!);
            }
        }

        _file.SetLength(end);
        _file.Position = end;
    }
}
