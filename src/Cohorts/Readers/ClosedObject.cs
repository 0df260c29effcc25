using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>Reads an object that may hold known members only, each at most once.</summary>
internal static class ClosedObject
{
    /// <summary>The known members in document order, of a duplicate the first; null when the value is not an object.</summary>
    public static Dictionary<string, JsonElement>? Read(JsonElement value, Place at, IReadOnlyList<string> allowed, Faults faults)
    {
        if (!Scalars.Is(value, JsonValueKind.Object, at, "an object", faults))
        {
            return null;
        }

        var members = new Dictionary<string, JsonElement>();
        foreach (var member in value.EnumerateObject())
        {
            if (!allowed.Contains(member.Name))
            {
                AddUnknown(member.Name, at, allowed, faults);
            }
            else if (!members.TryAdd(member.Name, member.Value))
            {
                faults.Add(FaultCodes.DuplicateMember, at.At(member.Name), $"'{member.Name}' is there more than once.");
            }

            if (faults.IsFull)
            {
                break;
            }
        }

        return members;
    }

    public static JsonElement? Required(Dictionary<string, JsonElement> members, string name, Place at, Faults faults)
    {
        if (members.TryGetValue(name, out var value))
        {
            return value;
        }

        faults.Add(FaultCodes.MissingMember, at, $"The member '{name}' is missing.", name);
        return null;
    }

    private static void AddUnknown(string name, Place at, IReadOnlyList<string> allowed, Faults faults)
    {
        if (name.Length > Bounds.NameLength)
        {
            faults.Add(FaultCodes.TooLong, at, "A member name is too long.", allowed);
        }
        else if (!Place.IsPlain(name))
        {
            faults.Add(FaultCodes.ControlCharacter, at, "A member name holds a control character.", allowed);
        }
        else
        {
            faults.AddUnknown(FaultCodes.UnknownMember, at.At(name), $"The member '{name}'", name, allowed);
        }
    }
}
