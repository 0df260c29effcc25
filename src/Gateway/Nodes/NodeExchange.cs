using System.Net.Http.Headers;
using Kakehashi.Gateway.Services;
using Kakehashi.Gateway.Tunnels;
using Yarp.ReverseProxy.Forwarder;

namespace Kakehashi.Gateway.Nodes;

/// <summary>One request to a node: its address there, and the time the node has until its answer begins.</summary>
public sealed class NodeExchange : HttpTransformer, IDisposable
{
    private const int LargestHeaders = 32 * 1024;

    private readonly CancellationTokenSource _deadline;
    private readonly HttpContext _context;
    private readonly PathString _path;
    private readonly TimeSpan _timeout;
    private bool _bodyTouched;

    public NodeExchange(HttpContext context, string slug, TimeSpan timeout)
    {
        (_context, _timeout, Prefix) = (context, timeout, $"http://{slug}.node");
        _deadline = new(timeout);
        context.Request.Path.StartsWithSegments($"/nodes/{slug}", out _path);
        context.Request.Body = new WatchedStream(context.Request.Body, BodyRead);
    }

    public string Prefix { get; }

    public CancellationToken Deadline => _deadline.Token;

    /// <summary>The tunnel ended before the request went into it, so that another tunnel may take it.</summary>
    public bool WasNeverSent(ForwarderError error) =>
        error is ForwarderError.Request && !_bodyTouched
        && TunnelClosedException.Explains(_context.Features.Get<IForwarderErrorFeature>()?.Exception);

    public IResult ProblemOf(ForwarderError error) =>
        ServiceProblems.CallersFault(_context, error, _context.Features.Get<IForwarderErrorFeature>()?.Exception)
        ?? (error is ForwarderError.RequestTimedOut || _deadline.IsCancellationRequested ? GatewayProblems.NodeSlow() : GatewayProblems.NodeFailed());

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.Headers.Host = null;
        proxyRequest.RequestUri = RequestUtilities.MakeDestinationAddress(destinationPrefix, _path, httpContext.Request.QueryString);
    }

    public override ValueTask<bool> TransformResponseAsync(
        HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (proxyResponse is not null)
        {
            _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            if (HeaderCharacters(proxyResponse.Headers) + HeaderCharacters(proxyResponse.Content.Headers) > LargestHeaders)
            {
                throw new InvalidDataException("The node's headers are too large.");
            }
        }

        return base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
    }

    public void Dispose() => _deadline.Dispose();

    private static int HeaderCharacters(HttpHeaders headers)
    {
        var characters = 0;
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                characters += name.Length + value.Length;
            }
        }

        return characters;
    }

    private void BodyRead()
    {
        // A long upload is not a slow answer.
        _bodyTouched = true;
        _deadline.CancelAfter(_timeout);
    }
}
