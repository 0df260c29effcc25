using System.Globalization;

namespace Kakehashi.Platform.Tests.Searches;

/// <summary>
/// Counts over the raw files of a demo biobank, a row at a time and without any of the platform's code: what disclosure
/// control makes of the true number must be what a researcher sees.
/// </summary>
internal static class DemoTruth
{
    public sealed record Person(string Id, string Sex, int Age, IReadOnlyList<string> Permissions, IReadOnlyList<string> Conditions);

    public static IReadOnlyList<Person> Read(string folder)
    {
        var conditions = Rows(folder, "conditions.csv").ToLookup(row => row[0], row => row[1]);
        return
        [
            .. Rows(folder, "participants.csv").Select(row => new Person(
                row[0], row[1], int.Parse(row[2], CultureInfo.InvariantCulture), row[5].Split(';'), [.. conditions[row[0]]])),
        ];
    }

    /// <summary>Consents to biomedical research without profit in Japan.</summary>
    public static bool AllowsBiomedicalResearch(this Person person) => person.Permissions.Any(p => p is "GRU" or "HMB");

    /// <summary>Has the code or one below it.</summary>
    public static bool Has(this Person person, string code) =>
        person.Conditions.Any(c => c == code || c.StartsWith($"{code}.", StringComparison.Ordinal));

    /// <summary>The released number: null below ten, else rounded to tens, halves up.</summary>
    public static long? Released(long exact) => exact < 10 ? null : (exact + 5) / 10 * 10;

    private static IEnumerable<string[]> Rows(string folder, string file) =>
        File.ReadLines(Path.Combine(folder, file)).Skip(1).Select(line => line.Split(','));
}
