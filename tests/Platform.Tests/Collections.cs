// Two platforms at once would compete for the processors, and several tests stop parts of the one they share.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(Kakehashi.TestKit.Browser))]

namespace Kakehashi.Platform.Tests;

/// <summary>Tests that share one running platform with the five demo biobanks.</summary>
[CollectionDefinition]
public sealed class DemoPlatformTests : ICollectionFixture<DemoPlatform>;

/// <summary>Tests that share one running platform with the two published sources beside the five demo biobanks.</summary>
[CollectionDefinition]
public sealed class RealPlatformTests : ICollectionFixture<RealPlatform>;
