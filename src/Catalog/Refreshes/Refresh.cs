using System.Security.Cryptography;
using Kakehashi.Catalog.Nodes;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Kakehashi.Catalog.Refreshes;

/// <summary>Asks every node, each on its own, every few seconds whether its catalogue has changed, and reads it when it has.</summary>
internal sealed class Refresh(
    Catalogue catalogue, NodeLine line, TokenClient tokens, IOptions<CatalogOptions> options, TimeProvider clock, ILogger<Refresh> logger)
    : BackgroundService
{
    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<Catalogue>();
        services.AddHostedService<Refresh>();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // None ever ends; one that fails stops the service at once.
        await await Task.WhenAny(options.Value.Biobanks.Select(biobank => RefreshAsync(biobank, stoppingToken)));
    }

    private async Task RefreshAsync(string biobank, CancellationToken ct)
    {
        var away = false;
        while (true)
        {
            try
            {
                var fault = await AskAsync(biobank, ct);
                if (fault is not null && !away)
                {
                    Log.NodeAway(logger, biobank, fault);
                }

                away = fault is not null;
            }
            catch (NpgsqlException e)
            {
                Log.DatabaseAway(logger, biobank, e);
            }

            // Between half and all of the interval, so that many instances do not ask at once.
            await Task.Delay(options.Value.RefreshInterval * (RandomNumberGenerator.GetInt32(500, 1001) / 1000.0), clock, ct);
        }
    }

    /// <summary>Null when the node answered, otherwise why it did not.</summary>
    private async Task<string?> AskAsync(string biobank, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(options.Value.RefreshTimeout);
        var seen = false;
        try
        {
            var token = await tokens.GetAsync(Audiences.Node(biobank), deadline.Token);
            var description = await ReadDescriptionAsync(biobank, token, deadline.Token);
            var snapshot = await catalogue.RecordSeenAsync(description, clock.GetUtcNow(), ct);
            seen = true;
            if (snapshot != description.SnapshotId)
            {
                var variables = await ReadVariablesAsync(biobank, token, deadline.Token);
                await catalogue.ReplaceVariablesAsync(description, variables, clock.GetUtcNow(), ct);
                Log.CatalogueRead(logger, biobank, variables.Length);
            }

            await catalogue.LoadIfChangedAsync(biobank, description.SnapshotId, ct);
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or BadAnswerException or TokenRequestException
            || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            if (!seen)
            {
                await catalogue.LoadIfChangedAsync(biobank, await catalogue.RecordAwayAsync(biobank, ct), ct);
            }

            return e.GetBaseException().Message;
        }
    }

    private async Task<NodeDescription> ReadDescriptionAsync(string biobank, string token, CancellationToken ct)
    {
        var description = Accepted(await line.GetDescriptionAsync(biobank, token, ct)).Read(NodeJson.Default.NodeDescription);
        return CatalogueRules.WhyNot(description, biobank) is { } fault ? throw new BadAnswerException(fault) : description;
    }

    private async Task<Variable[]> ReadVariablesAsync(string biobank, string token, CancellationToken ct)
    {
        var variables = Accepted(await line.GetVariablesAsync(biobank, token, ct)).Read(NodeJson.Default.VariableArray);
        return CatalogueRules.WhyNot(variables) is { } fault ? throw new BadAnswerException(fault) : variables;
    }

    private static NodeReply Accepted(NodeReply reply) =>
        reply.IsOk ? reply : throw new BadAnswerException($"The node answered with status {(int)reply.Status}.");
}
