using Dapper;
using Kakehashi.IdBroker.SignIn.Accounts;
using Kakehashi.IdBroker.SignIn.Clients;
using Kakehashi.IdBroker.SignIn.Events;
using Kakehashi.IdBroker.SignIn.Pages;
using Kakehashi.IdBroker.SignIn.Sessions;
using Kakehashi.ServiceDefaults;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.IdBroker.SignIn.Authorizations;

/// <summary>A person, signed in here, approves a device that shows this code, or refuses it.</summary>
public static class DecideOnDevice
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/device", ShowAsync).WithName(nameof(DecideOnDevice)).AllowAnonymous(); // leads to the sign-in page
        routes.MapPost("/device", HandleAsync)
            .RequireSameOrigin(services => services.GetRequiredService<IOptions<IdBrokerOptions>>().Value.Issuer)
            .DisableAntiforgery() // same-origin is checked instead
            .AllowAnonymous(); // by the sign-in cookie
    }

    private static async Task<IResult> ShowAsync(HttpContext context, string? user_code, [AsParameters] Parts parts, CancellationToken ct)
    {
        if (await parts.Sessions.FindAsync(context, ct) is not { } session)
        {
            var query = user_code is null ? "" : $"?user_code={Uri.EscapeDataString(user_code)}";
            var request = await parts.Requests.AddPageAsync($"/device{query}", ct);
            return TypedResults.Redirect($"{parts.Issuer}/sign-in?request={request}");
        }

        if (user_code is null)
        {
            return Page.Render<DevicePage>(context, parts.Issuer, []);
        }

        var guess = await parts.Guesses.TakeAsync(context, GuessKind.UserCode, session.AccountId, ct);
        if (guess.Wait is { } wait)
        {
            return SlowDown.Say(context, parts.Issuer, wait);
        }

        await using var connection = await parts.Database.OpenConnectionAsync(ct);
        var code = Normalise(user_code);
        var device = await connection.QuerySingleOrDefaultAsync<Waiting>(new(
            """
            SELECT client_id AS ClientId, scopes FROM device_authorization
            WHERE user_code = @code AND state = 'pending' AND expires_at > @now
            """,
            new { code, now = parts.Clock.GetUtcNow() },
            cancellationToken: ct));
        if (device is null || parts.Clients.Find(device.ClientId) is not { } client)
        {
            return Page.Render<DevicePage>(context, parts.Issuer, new() { ["Wrong"] = true }, StatusCodes.Status404NotFound);
        }

        await parts.Guesses.GiveBackAsync(guess, ct);
        var account = await Account.FindAsync(connection, session.AccountId, ct);
        return Page.Render<DevicePage>(context, parts.Issuer, new()
        {
            ["UserCode"] = $"{code[..4]}-{code[4..]}",
            ["ClientName"] = client.Name,
            ["AccountName"] = account?.DisplayName,
            ["AsksForPassport"] = device.Scopes.Contains(AuthorizationRules.PassportScope),
        });
    }

    private static async Task<IResult> HandleAsync(HttpContext context, [AsParameters] Parts parts, CancellationToken ct)
    {
        var form = await context.Request.ReadFormAsync(ct);
        if (await parts.Sessions.FindAsync(context, ct) is not { } session)
        {
            return TypedResults.Redirect($"{parts.Issuer}/device");
        }

        var guess = await parts.Guesses.TakeAsync(context, GuessKind.UserCode, session.AccountId, ct);
        if (guess.Wait is { } wait)
        {
            return SlowDown.Say(context, parts.Issuer, wait);
        }

        var (code, approve) = (Normalise(form["user_code"].ToString()), form["decision"] == "approve");
        if (!await DecideAsync(parts, session, code, approve, form["passport"] == "yes", ct))
        {
            return Page.Render<DevicePage>(context, parts.Issuer, new() { ["Wrong"] = true }, StatusCodes.Status404NotFound);
        }

        await parts.Guesses.GiveBackAsync(guess, ct);
        return approve
            ? Page.Say(context, parts.Issuer, StatusCodes.Status200OK, "device.approved", ("承認しました", "Approved"), ("機器に戻ってください。このページは閉じてかまいません。", "Go back to your device. You can close this page."))
            : Page.Say(context, parts.Issuer, StatusCodes.Status200OK, "device.denied", ("承認しませんでした", "Not approved"), ("機器はサインインできません。", "The device is not signed in."));
    }

    /// <summary>False when the code cannot be decided on (any more).</summary>
    private static async Task<bool> DecideAsync(
        Parts parts, SignInSession session, string code, bool approve, bool withPassport, CancellationToken ct)
    {
        var now = parts.Clock.GetUtcNow();
        await using var connection = await parts.Database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // FOR UPDATE: of two decisions at once the second finds no pending row.
        var device = await connection.QuerySingleOrDefaultAsync<Waiting>(new(
            """
            SELECT client_id AS ClientId, scopes FROM device_authorization
            WHERE user_code = @code AND state = 'pending' AND expires_at > @now
            FOR UPDATE
            """,
            new { code, now },
            transaction,
            cancellationToken: ct));
        if (device is null)
        {
            return false;
        }

        Guid? familyId = null;
        if (approve)
        {
            var name = parts.Clients.Find(device.ClientId)?.Name ?? device.ClientId;
            var own = await parts.Sessions.StartOnDeviceAsync(transaction, session, name, ct);
            var scopes = device.Scopes.Where(scope => withPassport || scope != AuthorizationRules.PassportScope).ToList();
            familyId = await TokenFamilies.StartAsync(transaction, device.ClientId, own.SessionId, scopes, null, now, ct);
            await Agree.RememberAsync(transaction, session, device.ClientId, scopes.Where(scope => scope == AuthorizationRules.PassportScope), now, ct);
        }

        await connection.ExecuteAsync(new(
            "UPDATE device_authorization SET state = @state, family_id = @familyId WHERE user_code = @code",
            new { state = approve ? "approved" : "denied", familyId, code },
            transaction,
            cancellationToken: ct));
        await AccessEvents.AppendAsync(
            transaction, new(now, session.AccountId, approve ? "device.approved" : "device.denied", session.AccountId) { Client = device.ClientId, Acr = session.Acr }, ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private static string Normalise(string typed)
    {
        var code = string.Concat(typed.ToUpperInvariant().Where(StartDevice.UserCodeLetters.Contains));
        return code.Length == StartDevice.UserCodeLength ? code : new string('-', StartDevice.UserCodeLength);
    }

    /// <summary>What both steps work with.</summary>
    internal sealed record Parts(
        AuthorizationRequests Requests, SignInSessions Sessions, ClientRegistry Clients, Guesses Guesses, NpgsqlDataSource Database, TimeProvider Clock, IOptions<IdBrokerOptions> Options)
    {
        public string Issuer => Options.Value.Issuer;
    }

    // Properties, not a constructor: Dapper cannot match an array column to a constructor's parameter.
    private sealed record Waiting
    {
        public string ClientId { get; init; } = "";

        public string[] Scopes { get; init; } = [];
    }
}
