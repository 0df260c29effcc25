using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>Pages for people, rendered here: no script but where a passkey needs it, nothing from elsewhere.</summary>
public static class Page
{
    // A form may lead on to the client's address by redirect, which is why form-action is not limited to 'self'.
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Renders a component with its parameters; Base and Language are added.</summary>
    public static RazorComponentResult Render<TPage>(HttpContext context, string issuer, Dictionary<string, object?> parameters, int status = 200)
        where TPage : IComponent
    {
        context.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        parameters["Base"] = PathOf(issuer);
        parameters["Language"] = Language.Of(context.Request);
        return new RazorComponentResult<TPage>(parameters) { StatusCode = status };
    }

    /// <summary>Says in one page what happened and what to do next.</summary>
    public static RazorComponentResult Say(
        HttpContext context, string issuer, int status, string code, (string Ja, string En) title, (string Ja, string En) body)
    {
        var language = Language.Of(context.Request);
        return Render<MessagePage>(
            context,
            issuer,
            new() { ["Text"] = (language.Say(title.Ja, title.En), language.Say(body.Ja, body.En)), ["Code"] = code },
            status);
    }

    /// <summary>The issuer's path, without a slash at its end.</summary>
    public static string PathOf(string issuer) => new Uri(issuer).AbsolutePath.TrimEnd('/');
}
