using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Tokens;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// A passkey, or an authenticator app, with a new password for whoever came with an enrolment code. In the middle of a first
/// sign-in the session starts with it; later the person needs a fresh sign-in.
/// </summary>
public static class SetUpFactors
{
    private const string Route = "/enrol/factors";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ShowAsync).WithName("ShowFactors").AllowAnonymous(); // the cookie of the first proof is checked inside
        routes.MapPost(Route, HandleAsync).WithName(nameof(SetUpFactors)).RequireSameOrigin(OwnPages.Issuer).AllowAnonymous();
    }

    internal static async Task<IResult> ShowAsync(
        HttpContext context, Registrants registrants, Authenticators authenticators, OwnFactors own, IOptions<IdBrokerOptions> options, CancellationToken ct) =>
        await registrants.FindAsync(context, ct) is { } registrant
            ? Render(context, options.Value.Issuer, registrant, authenticators.Offer(registrant.Account.AccountId), fault: null)
            : await own.SignInFirstAsync(context, Route, ct);

    internal static async Task<IResult> HandleAsync(
        HttpContext context, Registrants registrants, Authenticators authenticators, FirstFactors first, OwnFactors own,
        NpgsqlDataSource database, IOptions<IdBrokerOptions> options, TimeProvider clock, CancellationToken ct)
    {
        var (issuer, goal) = (options.Value.Issuer, SignInGoal.Of(context.Request));
        if (await registrants.FindAsync(context, ct) is not { } registrant)
        {
            return await own.SignInFirstAsync(context, Route, ct);
        }

        var (form, accountId) = (await TokenForm.ReadAsync(context.Request, ct), registrant.Account.AccountId);
        if (authenticators.ReadOffer(accountId, form?["offer"]) is not { } offer)
        {
            return Render(context, issuer, registrant, authenticators.Offer(accountId), "offer.lost");
        }

        var password = form?["password"];
        if (registrant.SetsPassword && LocalPasswords.WhyNot(password, form?["again"], accountId) is { } refusal)
        {
            return Render(context, issuer, registrant, offer, refusal);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (!await authenticators.AcceptAsync(transaction, accountId, offer, TotpRules.Normalise(form?["code"]), ct))
        {
            return Render(context, issuer, registrant, offer, "code.wrong");
        }

        if (registrant.SetsPassword)
        {
            await LocalPasswords.ChangeAsync(transaction, accountId, password!, clock.GetUtcNow(), ct);
        }

        IReadOnlyList<string> proved = registrant.SetsPassword ? [.. SignInRules.Password, .. SignInRules.OneTimeCode] : SignInRules.OneTimeCode;
        if (await first.SignInAsync(context, transaction, registrant, proved, goal, ct) is not { } next)
        {
            return new SeeOther(issuer + goal.At("/sign-in"));
        }

        await transaction.CommitAsync(ct);
        return new SeeOther(next);
    }

    private static RazorComponentResult Render(HttpContext context, string issuer, Registrant registrant, AuthenticatorOffer offer, string? fault) =>
        Page.Render<FactorsPage>(
            context,
            issuer,
            new()
            {
                [nameof(FactorsPage.Title)] = Language.Of(context.Request).Say("サインイン方法の設定", "Set up how you sign in"),
                [nameof(FactorsPage.Goal)] = SignInGoal.Of(context.Request),
                [nameof(FactorsPage.Action)] = Route,
                [nameof(FactorsPage.Account)] = registrant.Account,
                [nameof(FactorsPage.Offer)] = offer,
                [nameof(FactorsPage.SetsPassword)] = registrant.SetsPassword,
                [nameof(FactorsPage.Fault)] = fault,
            },
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
