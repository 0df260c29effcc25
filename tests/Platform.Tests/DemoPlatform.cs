using System.Collections.Concurrent;
using Kakehashi.Contracts;
using Kakehashi.Node.Index;

namespace Kakehashi.Platform.Tests;

/// <summary>The platform with its five demo biobanks, started once for all tests that use it.</summary>
public sealed class DemoPlatform : IAsyncLifetime
{
    public static IReadOnlyList<string> Biobanks { get; } = ["bbj", "dementia", "jmicc", "ncbn", "tommo"];

    public TestPlatform Platform { get; private set; } = null!;

    /// <summary>Participants whose consent a test has taken back, by the biobank's own id.</summary>
    public ConcurrentBag<string> Withdrawn { get; } = [];

    /// <summary>The files from which a node reads its biobank.</summary>
    public string FolderOf(string biobank) => Path.Combine(TestPlatform.BiobanksOf(Platform.Folder), biobank);

    /// <summary>What <c>./kakehashi node ref</c> prints.</summary>
    public ParticipantRef ReferenceOf(string biobank, string participant) =>
        ReferenceKey.OpenOrCreate(Path.Combine(Platform.Folder.Private("nodes", biobank), "reference.key")).ReferenceOf(participant);

    public async ValueTask InitializeAsync() =>
        Platform = await TestPlatform.StartAsync(null, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Platform.DisposeAsync();
}
