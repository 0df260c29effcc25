using System.Security.Claims;
using System.Text.RegularExpressions;
using Dapper;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// An operator makes a local account for somebody without an institution. It opens nothing yet: the person needs an
/// enrolment code, and roles, which are given as to everybody else.
/// </summary>
public static partial class CreateAccount
{
    private const int LongestText = 200;

    /// <param name="Id">The user name, and the subject in tokens.</param>
    /// <param name="Participant">Of a participant: <c>biobank/reference</c>.</param>
    public sealed record Request(string Id, string Name, string? Org, string? Participant);

    public sealed record Response(string AccountId);

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapPost("/accounts", HandleAsync)
        .WithName(nameof(CreateAccount))
        .RequireAuthorization(Policies.OperatorNow);

    internal static async Task<Results<Created<Response>, ProblemHttpResult>> HandleAsync(
        Request request, ClaimsPrincipal user, NpgsqlDataSource database, TimeProvider clock, CancellationToken ct)
    {
        if (WhyNot(request) is { } refusal)
        {
            return Problems.Unprocessable("account.malformed", refusal);
        }

        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        string[] roles = request.Participant is null ? [] : [Contracts.Roles.Participant];
        var created = await connection.ExecuteAsync(new(
            """
            INSERT INTO account (account_id, display_name, org, roles, biobanks, projects, participant, demo, source)
            VALUES (@Id, @Name, @org, @roles, '{}', '{}', @participant, false, 'operator')
            ON CONFLICT (account_id) DO NOTHING
            """,
            new { request.Id, request.Name, org = request.Org ?? "", roles, participant = request.Participant ?? "" },
            transaction,
            cancellationToken: ct));
        if (created == 0)
        {
            return Problems.Conflict("account.exists", "There is an account with this id.", "Ids are never used again, not even of a disabled account.");
        }

        await AccessEvents.AppendAsync(
            transaction, new(clock.GetUtcNow(), user.ActorId(), "account.registered", request.Id) { Reason = roles.FirstOrDefault() }, ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Created($"/accounts/{request.Id}", new Response(request.Id));
    }

    private static string? WhyNot(Request request) => request switch
    {
        _ when !AccountIds.IsOne(request.Id) => "id must be a small letter, then 1 to 63 small letters, digits or '-'.",
        _ when !IsText(request.Name) || request.Name.Trim().Length == 0 => $"name must be 1 to {LongestText} characters.",
        _ when !IsText(request.Org ?? "") => $"org must be at most {LongestText} characters.",
        _ when request.Participant is { } participant && !Reference().IsMatch(participant) => "participant must be biobank/reference.",
        _ => null,
    };

    private static bool IsText(string text) => text.Length <= LongestText && !text.Contains('\0', StringComparison.Ordinal);

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,30}/[!-~]{1,128}\z")]
    private static partial Regex Reference();
}
