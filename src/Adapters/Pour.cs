namespace Kakehashi.Adapters;

/// <summary>What is poured for one value of a row; false when the sink does not know the participant.</summary>
internal delegate bool PourValue<in T>(ReadOnlySpan<char> id, T value);

/// <summary>Where a code of each kind goes.</summary>
internal static class Pour
{
    public static PourValue<string> Into(IBiobankSink sink, VariableKind kind, string? attribute = null) => kind switch
    {
        VariableKind.Condition => (id, code) => sink.Condition(id, code),
        VariableKind.Drug => (id, code) => sink.Drug(id, code),
        VariableKind.Biosample => (id, type) => sink.Biosample(id, type),
        VariableKind.Data => (id, type) => sink.Data(id, type),
        _ => (id, value) => sink.Attribute(id, attribute, value),
    };
}
