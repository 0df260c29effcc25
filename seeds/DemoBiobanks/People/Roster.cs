using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.People;

/// <summary>
/// Who is in which biobank, without a list: the population is a row of groups, one for each set of biobanks that share
/// people, and a biobank's participants are the people of its groups in a fixed shuffled order.
/// </summary>
internal sealed class Roster
{
    // People in exactly these biobanks, at scale 1.
    private static readonly (string Biobanks, int People)[] Shared =
    [
        ("bbj tommo", 4_300), ("bbj ncbn", 4_200), ("bbj jmicc", 1_700), ("bbj dementia", 350),
        ("tommo ncbn", 800), ("tommo jmicc", 1_300), ("tommo dementia", 250), ("ncbn jmicc", 900), ("ncbn dementia", 180), ("jmicc dementia", 90),
        ("bbj tommo ncbn", 300), ("bbj ncbn jmicc", 200), ("bbj tommo dementia", 40), ("bbj tommo jmicc", 60),
    ];

    private readonly Membership[] _memberships;

    public Roster(double scale)
    {
        var groups = new List<Group>();
        var next = 0L;
        foreach (var (biobanks, people) in Shared)
        {
            Add([.. biobanks.Split(' ').Select(Profile.Of)], DemoBiobank.Scaled(people, scale));
        }

        foreach (var profile in Profile.All)
        {
            Add([profile], profile.Biobank.SizeAt(scale) - groups.Where(g => g.Members.Contains(profile)).Sum(g => g.Count));
        }

        Groups = groups;
        _memberships = [.. Profile.All.Select(profile => new Membership(groups.Where(g => g.Members.Contains(profile))))];

        void Add(Profile[] members, int count)
        {
            groups.Add(new(members, next, count));
            next += count;
        }
    }

    public IReadOnlyList<Group> Groups { get; }

    /// <summary>The person behind a biobank's participant, and the group they belong to.</summary>
    public (Person Person, Group Group) At(Profile profile, int participant) => _memberships[profile.Index].At(participant);

    /// <summary>The participant behind whom a biobank has a person of a group.</summary>
    public int ParticipantOf(Profile profile, Group group, int place) => _memberships[profile.Index].ParticipantOf(group, place);

    private sealed class Membership
    {
        private readonly List<(Group Group, int From)> _groups = [];
        private readonly Shuffle _shuffle;

        public Membership(IEnumerable<Group> groups)
        {
            var size = 0;
            foreach (var group in groups)
            {
                _groups.Add((group, size));
                size += group.Count;
            }

            _shuffle = new(size);
        }

        public (Person Person, Group Group) At(int participant)
        {
            var position = _shuffle.PositionOf(participant);
            var last = _groups.Count - 1;
            while (_groups[last].From > position)
            {
                last--;
            }

            var (group, from) = _groups[last];
            return (Person.Of(group.First + position - from, group.Law), group);
        }

        public int ParticipantOf(Group group, int place) => _shuffle.ParticipantAt(_groups.Single(g => g.Group == group).From + place);
    }
}

/// <summary>People who are in exactly these biobanks.</summary>
internal sealed class Group(Profile[] members, long first, int count)
{
    public IReadOnlyList<Profile> Members { get; } = members;

    /// <summary>Number of the first person; the others follow.</summary>
    public long First { get; } = first;

    public int Count { get; } = count;

    public AgeLaw Law { get; } = new([.. members.Select(m => m.Tilt)]);

    /// <summary>Where the people live: the most local biobank decides.</summary>
    public Weights Homes { get; } = Prefecture.WeightsOf(members.MaxBy(m => m.Locality)!.Homes);
}
