using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Kakehashi.TestKit;

/// <summary>
/// A script of tests/Outside, run by Node.js: a program by others to talk to. It says what it has to say in lines of JSON,
/// may take commands as lines of JSON, and is killed at the end if it still runs.
/// </summary>
public sealed class NodeScript : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _name;
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task<string> _errors;
    private readonly Task _reading;

    private NodeScript(string name, Process process)
    {
        (_name, _process) = (name, process);
        _errors = process.StandardError.ReadToEndAsync();
        _reading = ReadAsync();
    }

    /// <summary>Where the scripts and the packages they use are.</summary>
    public static string Folder => Path.Combine(Shared.RepositoryRoot(), "tests", "Outside");

    public static NodeScript Start(string script, params IEnumerable<string> arguments)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
        {
            throw new InvalidOperationException("The packages of tests/Outside are missing: run ./kakehashi test, or npm ci in that folder.");
        }

        var start = new ProcessStartInfo("node", [Path.Combine(Folder, script), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        return new(script, Process.Start(start)!);
    }

    /// <summary>Runs a script to its end and answers its last line.</summary>
    public static async Task<JsonElement> RunAsync(string script, CancellationToken ct, params IEnumerable<string> arguments)
    {
        await using var run = Start(script, arguments);
        var last = default(JsonElement);
        await foreach (var line in run._lines.Reader.ReadAllAsync(ct))
        {
            last = JsonElement.Parse(line);
        }

        await run._process.WaitForExitAsync(ct).WaitAsync(Patience, ct);
        return run._process.ExitCode == 0 && last.ValueKind != JsonValueKind.Undefined ? last : throw await run.FailureAsync();
    }

    /// <summary>The next line the script writes; fails with its standard error when it ends instead.</summary>
    public async Task<JsonElement> NextAsync(CancellationToken ct)
    {
        while (await _lines.Reader.WaitToReadAsync(ct).AsTask().WaitAsync(Patience, ct))
        {
            if (_lines.Reader.TryRead(out var line))
            {
                return JsonElement.Parse(line);
            }
        }

        throw await FailureAsync();
    }

    /// <summary>Gives the script a command and waits for its answer.</summary>
    public async Task<JsonElement> AskAsync(object command, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command, JsonSerializerOptions.Web).AsMemory(), ct);
        await _process.StandardInput.FlushAsync(ct);
        return await NextAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _reading;
        await _errors;
        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            await _lines.Writer.WriteAsync(line);
        }

        _lines.Writer.Complete();
    }

    private async Task<InvalidOperationException> FailureAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return new($"{_name} ended with exit code {_process.ExitCode}:\n{await _errors}");
    }
}
