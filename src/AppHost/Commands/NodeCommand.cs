using System.CommandLine;
using Kakehashi.AppHost.Platform;
using Kakehashi.Node.Index;

namespace Kakehashi.AppHost.Commands;

/// <summary>What only the people who run a node may do, on the machine that runs it.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var biobank = new Argument<string>("biobank") { Description = "The biobank's id, e.g. bbj" };
        var participant = new Argument<string>("participant") { Description = "The biobank's own id of a participant" };
        var reference = new Command("ref", "Print a participant's opaque reference, under which the platform knows them") { biobank, participant, data };
        reference.SetAction(parsed =>
        {
            var key = Path.Combine(CommonOptions.FolderOf(parsed, data).Root, "nodes", parsed.GetRequiredValue(biobank), "reference.key");
            if (!File.Exists(key))
            {
                throw new PlatformException($"There is no node '{parsed.GetRequiredValue(biobank)}' in this folder.");
            }

            Console.WriteLine(ReferenceKey.OpenOrCreate(key).ReferenceOf(parsed.GetRequiredValue(participant)).ToWire());
        });

        var report = new Command("report", "Print what the last load read and could not use") { biobank, data };
        report.SetAction(parsed =>
        {
            var file = Path.Combine(CommonOptions.FolderOf(parsed, data).Root, "nodes", parsed.GetRequiredValue(biobank), "load-report.json");
            Console.WriteLine(File.Exists(file)
                ? File.ReadAllText(file)
                : throw new PlatformException($"The node '{parsed.GetRequiredValue(biobank)}' has loaded nothing yet."));
        });
        return new("node", "Look after a node on this machine") { reference, report };
    }
}
