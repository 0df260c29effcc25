using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Kakehashi.Ledger;

/// <summary>
/// Durability, strictly. RandomAccess.FlushToDisk ignores EROFS, which is what a file system answers that has just shut
/// itself down after an error; and it flushes times of change that no reader of a ledger needs.
/// </summary>
internal static partial class Disk
{
    private const int ReadOnly = 0;

    /// <summary>Returns when everything written to the file, and its length, is on disk; throws for any other outcome.</summary>
    public static void Flush(SafeFileHandle file) => ThrowOnError(FileDataSync(file), "The file could not be flushed to disk");

    /// <summary>Makes a new file's name durable.</summary>
    public static void FlushFolder(string path)
    {
        var folder = ThrowOnError(Open(path, ReadOnly), "The folder could not be opened");
        using var handle = new SafeFileHandle(folder, ownsHandle: true);
        ThrowOnError(FileSync(handle), "The folder could not be flushed to disk");
    }

    /// <summary>Fills the buffer, or as much of it as the file has.</summary>
    public static async ValueTask<int> ReadAsync(SafeFileHandle file, Memory<byte> buffer, long offset, CancellationToken ct)
    {
        var filled = 0;
        while (filled < buffer.Length && await RandomAccess.ReadAsync(file, buffer[filled..], offset + filled, ct) is > 0 and var read)
        {
            filled += read;
        }

        return filled;
    }

    private static int ThrowOnError(int result, string what) => result >= 0
        ? result
        : throw new IOException($"{what}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.", new Win32Exception());

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FileSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);
}
