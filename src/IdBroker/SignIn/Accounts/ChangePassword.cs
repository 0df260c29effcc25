using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Tokens;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>A person sets a new password, shortly after signing in. Whoever belongs to an institution has none here.</summary>
public static class ChangePassword
{
    private const string Route = "/account/password";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Route, ShowAsync).WithName("ShowPassword").RequireAuthorization(Policies.Owner);
        routes.MapPost(Route, HandleAsync).WithName(nameof(ChangePassword)).RequireOwnPage().RequireAuthorization(Policies.Owner);
    }

    internal static async Task<IResult> ShowAsync(
        HttpContext context, Registrants registrants, OwnFactors own, IOptions<IdBrokerOptions> options, CancellationToken ct) =>
        await registrants.FindSignedInAsync(context, ct) switch
        {
            null => await own.SignInFirstAsync(context, Route, ct),
            { IsOfInstitution: true } => TypedResults.NotFound(),
            { } account => Render(context, options.Value.Issuer, account, fault: null),
        };

    internal static async Task<IResult> HandleAsync(
        HttpContext context, Registrants registrants, OwnFactors own, NpgsqlDataSource database, IOptions<IdBrokerOptions> options,
        TimeProvider clock, CancellationToken ct)
    {
        var account = await registrants.FindSignedInAsync(context, ct);
        if (account is null)
        {
            return await own.SignInFirstAsync(context, Route, ct);
        }

        if (account.IsOfInstitution)
        {
            return TypedResults.NotFound();
        }

        var form = await TokenForm.ReadAsync(context.Request, ct);
        var password = form?["password"];
        if (LocalPasswords.WhyNot(password, form?["again"], account.AccountId) is { } refusal)
        {
            return Render(context, options.Value.Issuer, account, refusal);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LocalPasswords.ChangeAsync(transaction, account.AccountId, password!, clock.GetUtcNow(), ct);
        await transaction.CommitAsync(ct);
        return new SeeOther($"{options.Value.Issuer}/account");
    }

    private static RazorComponentResult Render(HttpContext context, string issuer, Account account, string? fault) => Page.Render<PasswordPage>(
        context,
        issuer,
        new() { [nameof(PasswordPage.AccountId)] = account.AccountId, [nameof(PasswordPage.Fault)] = fault },
        fault is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest);
}
