using Kakehashi.Gateway.Sessions;

namespace Kakehashi.Gateway.Tests.Sessions;

public sealed class SessionRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 4, 1, 9, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("00:00:00", "00:00:00", true)]
    [InlineData("00:00:00", "00:59:59.999", true)]
    [InlineData("00:00:00", "01:00:00", false)]
    [InlineData("06:59:00", "07:58:59.999", true)]
    [InlineData("06:59:00", "07:59:00", false)]
    [InlineData("07:30:00", "07:59:59.999", true)]
    [InlineData("07:30:00", "08:00:00", false)]
    public void A_session_ends_an_hour_after_its_last_use_and_eight_hours_after_its_start(string lastSeen, string now, bool isLive) =>
        Assert.Equal(isLive, SessionRules.IsLive(Start, At(lastSeen), At(now)));

    [Theory]
    [InlineData("00:00:59.999", false)]
    [InlineData("00:01:00", true)]
    public void A_use_is_noted_once_a_minute(string now, bool isNoted) => Assert.Equal(isNoted, SessionRules.IsWorthNoting(Start, At(now)));

    [Theory]
    [InlineData("00:04:00", false)]
    [InlineData("00:04:00.001", true)]
    [InlineData("00:06:00", true)]
    public void Tokens_are_renewed_in_their_last_minute(string now, bool isDue) => Assert.Equal(isDue, SessionRules.IsDueForRenewal(At("00:05:00"), At(now)));

    private static DateTimeOffset At(string time) => Start + TimeSpan.Parse(time, null);
}
