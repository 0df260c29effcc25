using Dapper;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A person enters the code an operator gave them, to set up how they will sign in from now on.</summary>
public static class Enrol
{
    private const string Route = "/enrol";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ShowAsync).WithName("ShowEnrol").AllowAnonymous(); // the code is what lets the person in
        routes.MapPost(Route, HandleAsync).WithName(nameof(Enrol)).RequireSameOrigin(OwnPages.Issuer).AllowAnonymous();
    }

    internal static async Task<RazorComponentResult> ShowAsync(
        HttpContext context, StartedSignIns started, IOptions<IdBrokerOptions> options, CancellationToken ct) =>
        Render(context, options.Value.Issuer, await started.FindAsync(context, ct) is not null, fault: null);

    internal static async Task<IResult> HandleAsync(
        HttpContext context, StartedSignIns started, Guesses guesses, NpgsqlDataSource database, IOptions<IdBrokerOptions> options,
        TimeProvider clock, CancellationToken ct)
    {
        var issuer = options.Value.Issuer;
        var guess = await guesses.TakeAsync(context, GuessKind.EnrolmentCode, null, ct);
        if (guess.Wait is { } wait)
        {
            return SlowDown.Say(context, issuer, wait);
        }

        var (form, now) = (await TokenForm.ReadAsync(context.Request, ct), clock.GetUtcNow());
        var half = await started.FindAsync(context, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        var hash = EnrolmentCodes.HashOf(form?["code"]);
        var accountId = await connection.ExecuteScalarAsync<string?>(new(
            """
            SELECT account_id FROM enrolment_code JOIN account USING (account_id)
            WHERE code_hash = @hash AND used_at IS NULL AND expires_at > @now AND account.enabled
            """,
            new { hash, now },
            cancellationToken: ct));
        if (accountId is null || (half is not null && half.Amr.Count > 0 && half.AccountId != accountId))
        {
            await SignInFailures.RecordAsync(connection, now, half?.AccountId, "enrolment.wrong", ct);
            return Render(context, issuer, half is not null, "enrolment.wrong");
        }

        await using var transaction = await connection.BeginTransactionAsync(ct);
        await Guesses.GiveBackAsync(transaction, guess, ct);
        if (half is not null)
        {
            await StartedSignIns.EndAsync(context, transaction, half, ct);
        }

        // What was proved before (an institution's word, say) still counts.
        await started.StartAsync(context, transaction, accountId, half?.Amr ?? [], half?.Institution, mayAdd: true, hash, ct);
        await transaction.CommitAsync(ct);
        return new SeeOther(issuer + SignInGoal.Of(context.Request).At("/enrol/factors"));
    }

    private static RazorComponentResult Render(HttpContext context, string issuer, bool isHalfway, string? fault) => Page.Render<EnrolPage>(
        context,
        issuer,
        new()
        {
            [nameof(EnrolPage.Goal)] = SignInGoal.Of(context.Request),
            [nameof(EnrolPage.IsHalfway)] = isHalfway,
            [nameof(EnrolPage.Fault)] = fault,
        },
        fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
