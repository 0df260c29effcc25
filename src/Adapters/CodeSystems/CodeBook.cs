namespace Kakehashi.Adapters.CodeSystems;

/// <summary>
/// What a source declares to its sink: each kind it holds, each code before its first use, and the ICD-10 hierarchy
/// above the codes. Declaring twice does nothing.
/// </summary>
internal sealed class CodeBook(IBiobankSink sink, IEnumerable<CodeEntry> listed)
{
    private readonly Dictionary<(VariableKind Kind, string Code), CodeEntry> _listed = listed.ToDictionary(e => (e.Kind, e.Code));
    private readonly HashSet<(VariableKind Kind, string Code)> _declared = [];
    private readonly HashSet<(VariableKind Kind, string? System)> _held = [];

    /// <summary>Declares every code of the source's own lists.</summary>
    public void DeclareListed()
    {
        foreach (var entry in _listed.Values)
        {
            Declare(entry.Kind, entry.Code);
        }
    }

    public void Hold(VariableKind kind, string? system = null)
    {
        if (_held.Add((kind, system)))
        {
            sink.Holds(kind, system);
        }
    }

    public CodeEntry? Find(VariableKind kind, string code) => _listed.GetValueOrDefault((kind, code));

    public void Declare(VariableKind kind, string code) => Declare(Find(kind, code) ?? Icd10.Range(code) ?? new(kind, code, null, null));

    public void Declare(CodeEntry entry)
    {
        if (!_declared.Add((entry.Kind, entry.Code)))
        {
            return;
        }

        Hold(entry.Kind, IsCoded(entry.Kind) ? Curie.SystemOf(entry.Code) : null);
        sink.Code(entry);
        foreach (var ancestor in entry.Kind is VariableKind.Condition ? Icd10.AncestorsOf(entry.Code) : [])
        {
            Declare(entry.Kind, ancestor);
            sink.Ancestor(ancestor, entry.Code);
        }
    }

    public static bool IsCoded(VariableKind kind) => kind is VariableKind.Condition or VariableKind.Drug or VariableKind.Measurement;
}
