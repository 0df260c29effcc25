using System.Net.Mime;
using System.Reflection;
using System.Text.Encodings.Web;
using Kakehashi.Gateway.Doors;
using Microsoft.Extensions.Primitives;

namespace Kakehashi.Gateway.Sessions;

/// <summary>What a person reads when signing in did not work: what happened, and one link to go on. It never goes on by itself.</summary>
public sealed class SignInPage(SignInPage.Kind kind, string returnPath) : IResult
{
    private const string StylePath = "/session/page.css";

    public static readonly Kind Stale = new(
        StatusCodes.Status400BadRequest,
        new("This sign-in is over", "It was finished before, took too long, or was started again in another tab.", "Sign in"),
        new("このサインインは終了しています", "すでに完了したか、時間がかかりすぎたか、別のタブでやり直されました。", "サインインする"));

    public static readonly Kind Declined = new(
        StatusCodes.Status403Forbidden,
        new("You were not signed in", "The sign-in was cancelled, or what it needs was declined.", "Try again"),
        new("サインインしませんでした", "サインインが取り消されたか、必要な同意が得られませんでした。", "もう一度試す"));

    public static readonly Kind NotEnough = new(
        StatusCodes.Status403Forbidden,
        new("This needs a second factor", "You signed in with one factor only. Add a passkey or an authenticator app to your account first.", "Try again"),
        new("二要素認証が必要です", "一つの要素だけでサインインしました。先にアカウントへパスキーか認証アプリを追加してください。", "もう一度試す"));

    public static readonly Kind Failed = new(
        StatusCodes.Status502BadGateway,
        new("Signing in did not work", "The answer of the sign-in service could not be accepted. If it happens again, tell your operator.", "Try again"),
        new("サインインできませんでした", "サインインサービスの応答を受け付けられませんでした。繰り返す場合は運用者に連絡してください。", "もう一度試す"));

    public static readonly Kind Away = new(
        StatusCodes.Status503ServiceUnavailable,
        new("Sign-in is not available", "The sign-in service does not answer at the moment. Try again in a minute.", "Try again"),
        new("現在サインインできません", "サインインサービスが応答していません。しばらくしてからお試しください。", "もう一度試す"));

    public sealed record Kind(int Status, Words English, Words Japanese);

    public sealed record Words(string Title, string Text, string Link);

    public static void MapStyle(IEndpointRouteBuilder routes)
    {
        using var file = Assembly.GetExecutingAssembly().GetManifestResourceStream("Kakehashi.Gateway.Sessions.page.css")!;
        using var reader = new StreamReader(file);
        var style = reader.ReadToEnd();
        routes.MapGet(StylePath, () => TypedResults.Text(style, "text/css")).WithMetadata(Door.Front).AllowAnonymous();
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var isJapanese = PrefersJapanese(httpContext.Request);
        var words = isJapanese ? kind.Japanese : kind.English;
        var link = HtmlEncoder.Default.Encode($"/session/sign-in?return={Uri.EscapeDataString(returnPath)}");
        var response = httpContext.Response;
        response.StatusCode = kind.Status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        return response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="{(isJapanese ? "ja" : "en")}">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{words.Title} – Kakehashi</title>
            <link rel="stylesheet" href="{StylePath}"></head>
            <body><main><h1>{words.Title}</h1><p>{words.Text}</p><p><a href="{link}">{words.Link}</a></p></main></body>
            </html>
            """,
            httpContext.RequestAborted);
    }

    private static bool PrefersJapanese(HttpRequest request) => request.GetTypedHeaders().AcceptLanguage
        .OrderByDescending(language => language.Quality ?? 1)
        .Select(language => language.Value)
        .FirstOrDefault(language => IsOf(language, "ja") || IsOf(language, "en")) is { } first && IsOf(first, "ja");

    private static bool IsOf(StringSegment language, string tongue) => language.StartsWith(tongue, StringComparison.OrdinalIgnoreCase);
}
