using Microsoft.Extensions.Options;

namespace Kakehashi.Gateway.Health;

/// <summary>Whether a service answers its own health question.</summary>
public sealed record ServiceState(string Service, bool Healthy);

/// <summary>Asks all services at once, at most every second however often it is asked itself.</summary>
public sealed class ServiceHealth(IOptions<GatewayOptions> options, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false })
    {
        Timeout = TimeSpan.FromSeconds(1),
    };

    private readonly Lock _gate = new();
    private Task<ServiceState[]>? _latest;
    private long _askedAt;

    public Task<ServiceState[]> AskAsync()
    {
        lock (_gate)
        {
            if (_latest is null || (_latest.IsCompleted && clock.GetElapsedTime(_askedAt) >= GoodFor))
            {
                _askedAt = clock.GetTimestamp();
                _latest = Task.WhenAll(options.Value.Services.OrderBy(service => service.Key, StringComparer.Ordinal).Select(ProbeAsync));
            }

            return _latest;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<ServiceState> ProbeAsync(KeyValuePair<string, Uri> service)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri(service.Value, "health"), HttpCompletionOption.ResponseHeadersRead);
            return new(service.Key, answer.IsSuccessStatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return new(service.Key, false);
        }
    }
}
