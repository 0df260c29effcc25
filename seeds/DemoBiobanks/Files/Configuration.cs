using System.Text;
using Kakehashi.Seeds.People;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Files;

/// <summary>biobank.yaml: what a node needs to serve a demo biobank. identities.csv is not in it: the node's index never reads it.</summary>
internal static class Configuration
{
    private const string Files = """
        csv:
          codes:
            - file: codes.csv
          files:
            - path: participants.csv
              id: participant
              participant:
                sex: sex
                age: age
                enrolled: enrolled
                dataset: {column: dataset}
                permissions: {column: permissions, separator: ";"}
              attributes:
                - {name: smoking, column: smoking}
                - {name: alcohol, column: alcohol}
                - {name: prefecture, column: prefecture}
            - path: conditions.csv
              id: participant
              conditions:
                - {column: code}
            - path: measurements.csv
              id: participant
              measurements:
                - {codes: {column: code}, column: value, unit: {column: unit}}
            - path: biosamples.csv
              id: participant
              biosamples:
                - {column: types, separator: ";"}
            - path: data.csv
              id: participant
              data:
                - {column: types, separator: ";"}

        """;

    public static string Of(Profile profile)
    {
        var text = new StringBuilder();
        text.Append("# Synthetic participants, made by the demo generator. Nobody in here exists.\n");
        text.Append("id: ").Append(profile.Biobank.Id).Append('\n');
        text.Append("name: ").Append(profile.Biobank.Name).Append('\n');
        text.Append("nameJa: ").Append(profile.Biobank.NameJa).Append('\n');
        text.Append("dataDate: ").Append(Person.DataDate.ToString("yyyy-MM-dd", null)).Append('\n');
        text.Append("model: csv\ndisclosure: standard\ndatasets:\n");
        foreach (var dataset in profile.Datasets)
        {
            text.Append("  - id: ").Append(dataset.Id).Append("\n    terms: [").AppendJoin(", ", dataset.Terms).Append("]\n");
        }

        return text.Append(Files).ToString();
    }
}
