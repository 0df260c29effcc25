using Kakehashi.Contracts;

namespace Kakehashi.AppHost.Platform;

/// <summary>A made-up person of the local platform.</summary>
public sealed record DemoAccount(
    string Id, string About, string Organisation, IReadOnlyList<string> Roles, IReadOnlyList<string> Projects, IReadOnlyList<string> Biobanks);

/// <summary>The people who try out the local platform. They exist nowhere else.</summary>
public static class DemoAccounts
{
    /// <summary>The id, at the demo BioBank Japan itself, of the participant who signs in as yamamoto.</summary>
    public const string FirstParticipant = "B0000001";

    public static readonly IReadOnlyList<DemoAccount> All =
    [
        new("sato", "diabetes researcher at a university (佐藤)", "Example University", [Roles.Researcher], ["diabetes-cohort"], []),
        new("suzuki", "researcher at a pharmaceutical company (鈴木)", "Example Pharma", [Roles.Researcher], ["drug-safety"], []),
        new("tanaka", "data steward of BioBank Japan (田中)", "BioBank Japan", [Roles.Steward], [], ["bbj"]),
        new("kimura", "chair of BioBank Japan's data access committee (木村)", "BioBank Japan", [Roles.DacChair], [], ["bbj"]),
        new("nakamura", "representative of the university, vouches for its researchers (中村)", "Example University", [Roles.Representative], [], []),
        new("ito", "auditor (伊藤)", "Audit Office", [Roles.Auditor], [], []),
        new("watanabe", "operator of the platform (渡辺)", "Platform Office", [Roles.Operator], [], []),
        new("yamamoto", "participant of BioBank Japan (山本)", "", [Roles.Participant], [], []),
    ];
}
