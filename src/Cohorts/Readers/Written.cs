using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>A value of the definition, where it stands, and where its faults go.</summary>
internal readonly record struct Written(JsonElement Json, Place At, Faults Faults)
{
    public Written Member(string name, JsonElement json) => this with { Json = json, At = At.At(name) };

    public Written Item(int index, JsonElement json) => this with { Json = json, At = At.At(index) };

    public void Fault(string code, string message, params IReadOnlyList<string> allowed) =>
        Faults.Add(code, At, message, allowed);

    /// <summary>A word outside a closed list; says which allowed word it resembles.</summary>
    public void FaultUnknown(string code, string what, string given, IReadOnlyList<string> allowed)
    {
        var near = Nearest.To(given, allowed);
        Fault(code, $"{what} is not known here{(near is null ? "." : $"; did you mean '{near}'?")}", allowed);
    }

    public bool Is(JsonValueKind kind, string allowed)
    {
        if (Json.ValueKind != kind)
        {
            Fault(FaultCodes.WrongType, $"This is not {allowed}.", allowed);
        }

        return Json.ValueKind == kind;
    }
}
