namespace Kakehashi.Gateway.Tunnels;

/// <summary>The tunnel takes no more requests; the one that met this has not been sent.</summary>
public sealed class TunnelClosedException : IOException
{
    public TunnelClosedException()
        : base("The tunnel is closed.")
    {
    }

    public TunnelClosedException(string message)
        : base(message)
    {
    }

    public TunnelClosedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether a failed request failed because of this, and so was never sent.</summary>
    public static bool Explains(Exception? failure)
    {
        while (failure is not null and not TunnelClosedException)
        {
            failure = failure.InnerException;
        }

        return failure is not null;
    }
}
