using System.Diagnostics;
using System.Runtime;
using System.Security.Cryptography;
using System.Text;
using Kakehashi.Adapters;
using Kakehashi.Node.Consents;
using Kakehashi.Node.Index;
using Microsoft.Extensions.Options;

namespace Kakehashi.Node.Loading;

/// <summary>
/// Brings the index up: from the snapshot where one fits, else through the adapter; then reads the biobank anew at an
/// interval and swaps the new index in. A failed read leaves the old index serving and is tried again.
/// </summary>
public sealed class BiobankLoader(
    Biobank biobank, LiveIndex live, LoadState state, IOptions<NodeOptions> options, TimeProvider clock,
    ILogger<BiobankLoader> logger) : BackgroundService
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private readonly ReferenceKey _key = ReferenceKey.OpenOrCreate(Path.Combine(options.Value.DataDirectory, "reference.key"));
    private readonly string _snapshot = Path.Combine(options.Value.DataDirectory, "index.snapshot");

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // a large snapshot must not hold up the start of the others
        var wait = TryRestore() ? options.Value.ReloadEvery : TimeSpan.Zero;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(wait, clock, stoppingToken);
            wait = await ReadAsync(stoppingToken) ? options.Value.ReloadEvery : AfterFailure;
        }
    }

    /// <summary>What the snapshot must have been built from to be used: this configuration, these files beside it, this reference key.</summary>
    private string Fingerprint()
    {
        var configuration = new FileInfo(options.Value.Biobank);
        var files = configuration.Directory!.EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal)
            .Select(file => FormattableString.Invariant($"{file.FullName}|{file.Length}|{file.LastWriteTimeUtc.Ticks}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(
            [.. File.ReadAllBytes(configuration.FullName), .. Encoding.UTF8.GetBytes(string.Concat(files)), .. _key.Fingerprint()]));
    }

    private bool TryRestore()
    {
        var started = Stopwatch.GetTimestamp();
        if (IndexSnapshot.TryRead(_snapshot, Fingerprint()) is not { } index)
        {
            return false;
        }

        live.Swap(index);
        state.Loaded(index, Stopwatch.GetElapsedTime(started), restored: true);
        Log.IndexRestored(logger, biobank.Id, index.Participants, Stopwatch.GetElapsedTime(started).TotalSeconds);
        return true;
    }

    private async Task<bool> ReadAsync(CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var index = await BuildAsync(ct);
            live.Swap(index);
            state.Loaded(index, Stopwatch.GetElapsedTime(started), restored: false);
            Log.IndexLoaded(logger, biobank.Id, index.Participants, index.Report.Faults.Sum(fault => fault.Rows), Stopwatch.GetElapsedTime(started).TotalSeconds);
            await KeepAsync(index, ct);
            return true;
        }
        catch (BiobankUnreadableException unreadable)
        {
            state.Failed(unreadable.Code, unreadable.Message);
            Log.BiobankUnreadable(logger, biobank.Id, unreadable.Code, unreadable);
            return false;
        }
    }

    /// <summary>Report and snapshot only spare a later start the reading: a disk that is full does not stop the counting here.</summary>
    private async Task KeepAsync(CohortIndex index, CancellationToken ct)
    {
        try
        {
            await File.WriteAllTextAsync(
                Path.Combine(options.Value.DataDirectory, "load-report.json"), LoadReportText.Json(index.Report), ct);
            await IndexSnapshot.WriteAsync(_snapshot, Fingerprint(), index, ct);
        }
        catch (IOException full)
        {
            Log.SnapshotNotWritten(logger, biobank.Id, full);
        }
    }

    private async Task<CohortIndex> BuildAsync(CancellationToken ct)
    {
        await using var adapter = biobank.OpenAdapter();
        var builder = new IndexBuilder(_key);
        var report = await adapter.ReadAsync(builder, ct);
        var index = builder.Build(report, clock.GetUtcNow());

        // Loading leaves garbage several times the index behind; give it back once instead of letting it age.
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        return index;
    }
}
