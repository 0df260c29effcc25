using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>After the first proof: the code of an authenticator app, or a passkey. A code counts once.</summary>
public static class ProveSecondFactor
{
    private const string Route = "/sign-in/second";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ShowAsync).WithName("ShowSecondFactor").AllowAnonymous(); // the cookie of the first proof is checked inside
        routes.MapPost(Route, HandleAsync).WithName(nameof(ProveSecondFactor)).RequireSameOrigin(OwnPages.Issuer).AllowAnonymous();
    }

    internal static async Task<IResult> ShowAsync(
        HttpContext context, StartedSignIns started, NpgsqlDataSource database, IOptions<IdBrokerOptions> options, CancellationToken ct) =>
        await started.FindAsync(context, ct) is { } half
            ? await RenderAsync(context, half, database, options.Value.Issuer, fault: null, ct)
            : StartAgain(context, options.Value.Issuer);

    internal static async Task<IResult> HandleAsync(
        HttpContext context, StartedSignIns started, Guesses guesses, Authenticators authenticators, SignInSteps steps,
        NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var issuer = options.Value.Issuer;
        if (await started.FindAsync(context, ct) is not { } half)
        {
            return StartAgain(context, issuer);
        }

        var guess = await guesses.TakeAsync(context, GuessKind.OneTimeCode, half.AccountId, ct);
        if (guess.Wait is { } wait)
        {
            return SlowDown.Say(context, issuer, wait);
        }

        var form = await TokenForm.ReadAsync(context.Request, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var account = await Account.FindAsync(connection, half.AccountId, ct, transaction);
        var refusal = await authenticators.UseAsync(transaction, half.AccountId, TotpRules.Normalise(form?["code"]), ct);
        if (account is null || refusal is not null)
        {
            await transaction.RollbackAsync(ct);
            await SignInFailures.RecordAsync(connection, clock.GetUtcNow(), half.AccountId, refusal ?? "account.disabled", ct);
            return await RenderAsync(context, half, database, issuer, refusal ?? "code.wrong", ct);
        }

        if (!await StartedSignIns.EndAsync(context, transaction, half, ct))
        {
            return StartAgain(context, issuer);
        }

        await Guesses.GiveBackAsync(transaction, guess, ct);
        var proof = SignInRules.Both(half.Amr, SignInRules.OneTimeCode, half.Institution);
        var next = await steps.FinishAsync(context, transaction, account, proof, SignInGoal.Of(context.Request), ct);
        await transaction.CommitAsync(ct);
        return new SeeOther(next);
    }

    private static async Task<IResult> RenderAsync(
        HttpContext context, StartedSignIn half, NpgsqlDataSource database, string issuer, string? fault, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        var factors = await SecondFactors.FindAsync(connection, half.AccountId, ct);
        return Page.Render<SecondFactorPage>(
            context,
            issuer,
            new()
            {
                [nameof(SecondFactorPage.Goal)] = SignInGoal.Of(context.Request),
                [nameof(SecondFactorPage.HasAuthenticator)] = factors.AuthenticatorSince is not null,
                [nameof(SecondFactorPage.HasPasskey)] = factors.Passkeys.Count > 0,
                [nameof(SecondFactorPage.Fault)] = fault,
            },
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
    }

    private static SeeOther StartAgain(HttpContext context, string issuer) =>
        new SeeOther(issuer + SignInGoal.Of(context.Request).At("/sign-in"));
}
