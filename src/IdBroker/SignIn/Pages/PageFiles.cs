using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>The style sheet and the script of the pages, from this program itself.</summary>
public static class PageFiles
{
    private static readonly Dictionary<string, string> Types = new() { [".css"] = "text/css; charset=utf-8", [".js"] = "text/javascript; charset=utf-8" };

    public static void Map(IEndpointRouteBuilder routes) => routes
        .MapGet("/pages/{name}", Handle)
        .WithName(nameof(PageFiles))
        .AllowAnonymous(); // whoever is about to sign in needs them

    internal static Results<FileStreamHttpResult, NotFound> Handle(string name, HttpResponse response)
    {
        if (!Types.TryGetValue(Path.GetExtension(name), out var type)
            || typeof(PageFiles).Assembly.GetManifestResourceStream($"{typeof(PageFiles).Namespace}.{name}") is not { } file)
        {
            return TypedResults.NotFound();
        }

        response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Stream(file, type);
    }
}
