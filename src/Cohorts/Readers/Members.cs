using System.Text.Json;

namespace Kakehashi.Cohorts.Readers;

/// <summary>The members of an object that may hold known ones only, each at most once; of a duplicate the first.</summary>
internal sealed class Members
{
    private readonly Written _owner;
    private readonly Dictionary<string, Written> _byName = [];

    private Members(Written owner) => _owner = owner;

    public int Count => _byName.Count;

    public IEnumerable<KeyValuePair<string, Written>> InOrder => _byName;

    /// <summary>Null when the value is not an object.</summary>
    public static Members? Of(Written owner, IReadOnlyList<string> allowed)
    {
        if (!owner.Is(JsonValueKind.Object, "an object"))
        {
            return null;
        }

        var members = new Members(owner);
        foreach (var member in owner.Json.EnumerateObject().TakeWhile(_ => !owner.Faults.IsFull))
        {
            members.Add(member.Name, member.Value, allowed);
        }

        return members;
    }

    public Written? Optional(string name) => _byName.TryGetValue(name, out var member) ? member : null;

    public Written? Required(string name)
    {
        var member = Optional(name);
        if (member is null)
        {
            _owner.Fault(FaultCodes.MissingMember, $"The member '{name}' is missing.", name);
        }

        return member;
    }

    private void Add(string name, JsonElement value, IReadOnlyList<string> allowed)
    {
        if (name.Length > Bounds.NameLength)
        {
            _owner.Fault(FaultCodes.TooLong, "A member name is too long.", allowed);
        }
        else if (!Place.IsPlain(name))
        {
            _owner.Fault(FaultCodes.ControlCharacter, "A member name holds a control character.", allowed);
        }
        else if (_owner.Member(name, value) is var member && !allowed.Contains(name))
        {
            member.FaultUnknown(FaultCodes.UnknownMember, $"The member '{name}'", name, allowed);
        }
        else if (!_byName.TryAdd(name, member))
        {
            member.Fault(FaultCodes.DuplicateMember, $"'{name}' is there more than once.");
        }
    }
}
