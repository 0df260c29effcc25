namespace Kakehashi.IdBroker.SignIn.Tokens;

/// <summary>The parameters of a token request. None may be sent twice (RFC 6749 section 3.2); an empty one counts as absent.</summary>
public sealed class TokenForm
{
    private readonly IFormCollection _form;

    private TokenForm(IFormCollection form) => _form = form;

    public string? this[string name] => _form[name] is [{ Length: > 0 } value] ? value : null;

    /// <summary>All parameters that say something.</summary>
    public IEnumerable<KeyValuePair<string, string>> All =>
        _form.Where(entry => entry.Value is [{ Length: > 0 }]).Select(entry => KeyValuePair.Create(entry.Key, entry.Value.ToString()));

    /// <summary>Null when the body is not such a form.</summary>
    public static async Task<TokenForm?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        if (request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) != true)
        {
            return null;
        }

        try
        {
            var form = await request.ReadFormAsync(ct);
            return form.Any(parameter => parameter.Value.Count > 1) ? null : new(form);
        }
        catch (InvalidDataException)
        {
            return null; // too many parameters, or a broken encoding
        }
    }
}
