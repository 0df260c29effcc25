using System.Text.Json;
using Kakehashi.Catalog.Nodes;
using Kakehashi.Catalog.Refreshes;
using Kakehashi.Contracts;
using Kakehashi.ServiceDefaults.Tokens;

namespace Kakehashi.Catalog.Passports;

/// <summary>Shows a person's passport to one node and believes what can be believed of its answer.</summary>
internal sealed class AccessInquiry(NodeLine line, TokenClient tokens)
{
    // A node token must name a purpose; asking what is open uses no data, and the node looks at none for this.
    private static readonly UseAuthorization NoUse = new(UseAuthorization.TypeName, new(ResearchUse.GRU, []), null);

    /// <param name="deadline">Cancelled when time is up, or with <paramref name="aborted"/>.</param>
    public async Task<ShowAccess.BiobankAccess> AskAsync(
        KnownBiobank biobank, string passport, string callersToken, int seconds, CancellationToken deadline, CancellationToken aborted)
    {
        try
        {
            var question = new AccessQuestion(JsonSerializer.SerializeToElement(passport), null, seconds);
            var body = JsonSerializer.SerializeToUtf8Bytes(question, NodeJson.Default.AccessQuestion);
            var token = await tokens.ExchangeAsync(callersToken, Audiences.Node(biobank.Id), NoUse, deadline);
            var reply = await line.PostAccessAsync(biobank.Id, body, token, deadline);
            if (!reply.IsOk)
            {
                return Instead(biobank, NodeFault.Of(reply.Status));
            }

            var answer = reply.Read(NodeJson.Default.AccessAnswer);
            return AccessRules.WhyNot(answer, biobank.Id) is { } fault
                ? Instead(biobank, NodeFault.BadAnswer(fault))
                : new(biobank.Id, biobank.Name, biobank.NameJa, CountStates.Answered, answer.Datasets, answer.Refused, []);
        }
        catch (Exception e) when (NodeFault.Of(e, aborted) is not null)
        {
            return Instead(biobank, NodeFault.Of(e, aborted)!);
        }
    }

    private static ShowAccess.BiobankAccess Instead(KnownBiobank biobank, NodeFault fault) =>
        new(biobank.Id, biobank.Name, biobank.NameJa, fault.State, [], [], [fault.Reason]);
}
