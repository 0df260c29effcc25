namespace Kakehashi.Adapters.CodeSystems;

/// <summary>The measurements a biobank lists, by code.</summary>
internal sealed class MeasuredCodes(IEnumerable<ListedCode> listed)
{
    private readonly Dictionary<string, Measured> _codes = listed
        .Where(c => c.Entry.Kind is VariableKind.Measurement)
        .ToDictionary(c => c.Entry.Code, c => new Measured(c.Entry.Code, c.Entry.Unit!, c.Units, c.Min, c.Max));

    public Measured? Find(string code) => _codes.GetValueOrDefault(code);
}
