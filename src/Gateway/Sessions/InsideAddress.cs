namespace Kakehashi.Gateway.Sessions;

/// <summary>
/// The issuer's public addresses lead through this very door. Requests of the Gateway itself go straight to the service behind
/// it, and so are not counted as one caller's.
/// </summary>
public sealed class InsideAddress(string authority, Uri? service) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var prefix = $"{authority}/";
        if (service is not null && request.RequestUri!.AbsoluteUri.StartsWith(prefix, StringComparison.Ordinal))
        {
            request.RequestUri = new(service, request.RequestUri.AbsoluteUri[prefix.Length..]);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
