using Microsoft.Net.Http.Headers;

namespace Kakehashi.IdBroker.SignIn.Sessions;

/// <summary>Names a browser so that its owner knows it again in a list, and no more exactly than that.</summary>
public static class Browsers
{
    private static readonly (string Mark, string Name)[] Programs =
        [("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
        [("Android", "Android"), ("iPhone", "iOS"), ("iPad", "iOS"), ("Windows", "Windows"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    public static string NameOf(HttpRequest request)
    {
        var agent = request.Headers[HeaderNames.UserAgent].ToString();
        return $"{Find(Programs)} / {Find(Systems)}";

        string Find((string Mark, string Name)[] known) =>
            known.Where(entry => agent.Contains(entry.Mark, StringComparison.Ordinal)).Select(entry => entry.Name).FirstOrDefault("?");
    }
}
