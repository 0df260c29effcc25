using System.Net;
using Kakehashi.ServiceDefaults.Deliveries;

namespace Kakehashi.ServiceDefaults.Tests.Deliveries;

public sealed class DeliveryRulesTests
{
    private const string Problems = "urn:kakehashi:problem:";

    [Theory]
    [InlineData(10, DeliveryStep.GoOn)]
    [InlineData(12, DeliveryStep.GoOn)]
    [InlineData(20, DeliveryStep.GoOn)]
    [InlineData(21, DeliveryStep.Stop)]
    [InlineData(9, DeliveryStep.TryAgain)]
    [InlineData(-1, DeliveryStep.TryAgain)]
    [InlineData(null, DeliveryStep.TryAgain)]
    public void A_receipt_is_believed_between_what_was_sent_and_what_there_is(int? next, DeliveryStep step)
    {
        Assert.Equal(step, DeliveryRules.After(new(HttpStatusCode.OK, next, null), sent: 10, count: 20));
    }

    [Theory]
    [InlineData(HttpStatusCode.Conflict, "metering.conflict", DeliveryStep.Stop)]
    [InlineData(HttpStatusCode.Conflict, "metering.gap", DeliveryStep.TryAgain)]
    [InlineData(HttpStatusCode.UnprocessableEntity, "metering.bad-event", DeliveryStep.CallForHelp)]
    [InlineData(HttpStatusCode.Forbidden, "metering.foreign-producer", DeliveryStep.CallForHelp)]
    [InlineData(HttpStatusCode.NotFound, null, DeliveryStep.CallForHelp)]
    [InlineData(HttpStatusCode.Unauthorized, null, DeliveryStep.TryAgain)]
    [InlineData(HttpStatusCode.TooManyRequests, null, DeliveryStep.TryAgain)]
    [InlineData(HttpStatusCode.InternalServerError, null, DeliveryStep.TryAgain)]
    [InlineData(HttpStatusCode.BadGateway, null, DeliveryStep.TryAgain)]
    [InlineData(HttpStatusCode.Redirect, null, DeliveryStep.TryAgain)]
    public void Each_refusal_has_its_step(HttpStatusCode status, string? problem, DeliveryStep step)
    {
        Assert.Equal(step, DeliveryRules.After(new(status, null, problem is null ? null : Problems + problem), sent: 10, count: 20));
    }

    [Fact]
    public void No_answer_is_tried_again() => Assert.Equal(DeliveryStep.TryAgain, DeliveryRules.After(MeteringAnswer.None, 0, 20));

    [Fact]
    public void The_last_delivered_entry_is_sent_once_more()
    {
        Assert.Equal(0, DeliveryRules.ResumeAt(0));
        Assert.Equal(0, DeliveryRules.ResumeAt(1));
        Assert.Equal(6, DeliveryRules.ResumeAt(7));
    }
}
