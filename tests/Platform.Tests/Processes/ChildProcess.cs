using System.Diagnostics;
using System.Text;
using Kakehashi.TestKit;

namespace Kakehashi.Platform.Tests.Processes;

/// <summary>One of the platform's programs as a process of its own, as in production. Killed at the end if it still runs.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it has written to standard output so far; everything, once its exit code is known.</summary>
    public string Output => TextOf(_output);

    /// <summary>The same of standard error.</summary>
    public string Errors => TextOf(_errors);

    public bool HasExited => _process.HasExited;

    /// <param name="program">Catalog, Node, AppHost, …: its assembly lies beside this one.</param>
    public static ChildProcess Start(string program, params IEnumerable<string> arguments) => Start(program, null, arguments);

    /// <param name="home">Where the person keeps what is theirs; somebody who never signed in, when left out.</param>
    public static ChildProcess Start(string program, string? input, IEnumerable<string> arguments, string? home = null)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, $"Kakehashi.{program}.dll");
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(), // a service may not depend on where it was started
        };
        start.Environment["KAKEHASHI_HOME"] = Shared.RepositoryRoot();
        start.Environment["XDG_CONFIG_HOME"] = home ?? "/nonexistent";
        var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        return new(process);
    }

    public async Task<int> ExitCodeAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct).WaitAsync(Patience, ct);
        return _process.ExitCode;
    }

    /// <summary>As a power cut would: no chance to write anything more.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(ct);
    }

    /// <summary>Asks it to stop: TERM as a supervisor does, INT as Ctrl-C.</summary>
    public async Task<int> StopAsync(string signal, CancellationToken ct)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(ct);
        return await ExitCodeAsync(ct);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private static void Add(StringBuilder text, string? line)
    {
        lock (text)
        {
            _ = line is null ? text : text.Append(line).Append('\n');
        }
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
