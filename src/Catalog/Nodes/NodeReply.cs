using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kakehashi.Catalog.Nodes;

/// <summary>What came back from a node, not yet believed.</summary>
internal readonly record struct NodeReply(HttpStatusCode Status, ReadOnlyMemory<byte> Body)
{
    public bool IsOk => Status == HttpStatusCode.OK;

    /// <summary>The body in the form agreed on. Throws <see cref="BadAnswerException"/> when it is anything else.</summary>
    public T Read<T>(JsonTypeInfo<T> form)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(Body.Span, form) ?? throw new BadAnswerException("The node's answer is null.");
        }
        catch (JsonException e)
        {
            throw new BadAnswerException($"The node's answer is not the JSON agreed on, at {e.Path}.", e);
        }
    }
}

/// <summary>A node said something that cannot be used. The message never quotes it.</summary>
public sealed class BadAnswerException : Exception
{
    public BadAnswerException()
    {
    }

    public BadAnswerException(string message)
        : base(message)
    {
    }

    public BadAnswerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
