using System.Collections.Concurrent;
using System.Globalization;

namespace Kakehashi.AppHost.Platform;

/// <summary>Writes one service's log to its own file, so that the terminal shows what a person asked for.</summary>
[ProviderAlias("ServiceLogs")]
public sealed class ServiceLogs(string path, TimeProvider clock) : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, ILogger> _loggers = new();
    private readonly StreamWriter _file = new(path, append: true) { AutoFlush = true };
    private readonly Lock _writing = new();

    public ILogger CreateLogger(string categoryName) =>
        _loggers.GetOrAdd(categoryName, name => new Logger(this, name));

    public void Dispose()
    {
        lock (_writing)
        {
            _file.Dispose();
        }
    }

    private void Write(LogLevel level, EventId id, string category, string message, Exception? exception)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{clock.GetUtcNow():O} {level} {id.Id} {category}: {message}");
        lock (_writing)
        {
            if (_file.BaseStream is { CanWrite: true })
            {
                _file.WriteLine(exception is null ? line : $"{line}{Environment.NewLine}{exception}");
            }
        }
    }

    private sealed class Logger(ServiceLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Write(logLevel, eventId, category, formatter(state, exception), exception);
    }
}
