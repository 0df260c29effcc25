using System.Security.Claims;
using Dapper;
using Kakehashi.Contracts;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Accounts;

/// <summary>
/// An operator makes a local account for somebody without an institution. It opens nothing yet: the person needs an
/// enrolment code. Nobody makes an operator alone.
/// </summary>
public static class CreateAccount
{
    private const int LongestText = 200;

    private static readonly string[] Given =
    [
        Contracts.Roles.Researcher, Contracts.Roles.Steward, Contracts.Roles.DacChair,
        Contracts.Roles.Auditor, Contracts.Roles.Participant, Contracts.Roles.Representative,
    ];

    /// <param name="Id">The user name, and the subject in tokens.</param>
    /// <param name="Participant">Of a participant: <c>biobank/reference</c>.</param>
    public sealed record Request(
        string Id, string Name, string? Org, string[]? Roles, string[]? Biobanks, string[]? Projects, string? Participant);

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
        var roles = request.Roles ?? [];
        var created = await connection.ExecuteAsync(new(
            """
            INSERT INTO account (account_id, display_name, org, roles, biobanks, projects, participant, demo, source)
            VALUES (@Id, @Name, @org, @roles, @biobanks, @projects, @participant, false, 'operator')
            ON CONFLICT (account_id) DO NOTHING
            """,
            new
            {
                request.Id,
                request.Name,
                org = request.Org ?? "",
                roles,
                biobanks = request.Biobanks ?? [],
                projects = request.Projects ?? [],
                participant = request.Participant ?? "",
            },
            transaction,
            cancellationToken: ct));
        if (created == 0)
        {
            return Problems.Conflict("account.exists", "There is an account with this id.", "Ids are never used again, not even of a disabled account.");
        }

        await AccessEvents.AppendAsync(
            transaction, new(clock.GetUtcNow(), user.ActorId(), "account.registered", request.Id) { Reason = roles is [] ? null : string.Join(' ', roles) }, ct);
        await transaction.CommitAsync(ct);
        return TypedResults.Created($"/accounts/{request.Id}", new Response(request.Id));
    }

    private static string? WhyNot(Request request) => request switch
    {
        _ when !AccountIds.IsOne(request.Id) => "id must be a small letter, then 1 to 63 small letters, digits or '-'.",
        _ when !IsText(request.Name) || request.Name.Trim().Length == 0 => $"name must be 1 to {LongestText} characters.",
        _ when !IsText(request.Org ?? "") => $"org must be at most {LongestText} characters.",
        { Roles: { } roles } when !roles.All(Given.Contains) => $"roles must be some of {string.Join(", ", Given)}; an operator is not made by one person alone.",
        _ when (request.Roles?.Contains(Contracts.Roles.Participant) ?? false) != request.Participant?.Contains('/', StringComparison.Ordinal) is true =>
            "participant must be biobank/reference for a participant, and absent for others.",
        _ when !(request.Biobanks ?? []).Concat(request.Projects ?? []).All(IsText) => "biobanks and projects are lists of slugs.",
        _ => null,
    };

    private static bool IsText(string text) => text.Length <= LongestText && !text.Contains('\0', StringComparison.Ordinal);
}
