using System.Net;

namespace Kakehashi.ServiceDefaults.Deliveries;

/// <summary>How Metering answered, or that it did not.</summary>
/// <param name="Status">HTTP status; null when there was no answer that can be read.</param>
/// <param name="NextIndex">Of a receipt: Metering has everything below.</param>
/// <param name="Problem">Of a refusal: the type of its problem.</param>
public sealed record MeteringAnswer(HttpStatusCode? Status, long? NextIndex, string? Problem)
{
    public static MeteringAnswer None { get; } = new(null, null, null);
}

/// <summary>What a delivery does next.</summary>
public enum DeliveryStep
{
    /// <summary>Taken: deliver what comes after.</summary>
    GoOn,

    /// <summary>Not now: wait, ask Metering where it stands, and go on from there.</summary>
    TryAgain,

    /// <summary>The same entries will be refused again until a person has helped. None is skipped: wait, and try again.</summary>
    CallForHelp,

    /// <summary>Metering and the producer tell different stories. Nothing more is sent, so that nothing is covered up.</summary>
    Stop,
}

/// <summary>What Metering's answers mean for a delivery. Pure.</summary>
public static class DeliveryRules
{
    private const string Conflict = "urn:kakehashi:problem:metering.conflict";
    private const string Gap = "urn:kakehashi:problem:metering.gap";

    /// <summary>Entries that come close together travel together: each delivery costs Metering a transaction and a sync.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(250);

    /// <param name="sent">Index after the last entry sent, or 0 when Metering was only asked.</param>
    /// <param name="count">Entries of the producer.</param>
    public static DeliveryStep After(MeteringAnswer answer, long sent, long count) => answer switch
    {
        { Status: HttpStatusCode.OK, NextIndex: { } next } when next > count => DeliveryStep.Stop,
        { Status: HttpStatusCode.OK, NextIndex: { } next } when next >= sent => DeliveryStep.GoOn,
        { Status: HttpStatusCode.OK } => DeliveryStep.TryAgain,
        { Problem: Conflict } => DeliveryStep.Stop,
        { Problem: Gap } => DeliveryStep.TryAgain,
        { Status: HttpStatusCode.Unauthorized or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => DeliveryStep.TryAgain,
        { Status: >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError } => DeliveryStep.CallForHelp,
        _ => DeliveryStep.TryAgain,
    };

    /// <summary>
    /// Metering's last entry is sent once more: a ledger that was put back to an older state and grew anew is found out by
    /// it, because Metering compares.
    /// </summary>
    public static long ResumeAt(long next) => Math.Max(0, next - 1);
}
