using System.Diagnostics;
using System.Text;
using Kakehashi.TestKit;

namespace Kakehashi.Platform.Tests.Processes;

/// <summary>One of the platform's programs as a process of its own, as in production. Killed at the end if it still runs.</summary>
internal sealed class ChildProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (_errors)
            {
                _errors.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        Output = process.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Everything on standard output, once the process has ended.</summary>
    public Task<string> Output { get; }

    /// <summary>What it has written to standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    /// <param name="program">Catalog, Node, AppHost, …: its assembly lies beside this one.</param>
    public static ChildProcess Start(string program, params IEnumerable<string> arguments) => Start(program, null, arguments);

    public static ChildProcess Start(string program, string? input, IEnumerable<string> arguments)
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

    /// <summary>Asks it to stop, as a supervisor does.</summary>
    public async Task<int> TerminateAsync(CancellationToken ct)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
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
}
