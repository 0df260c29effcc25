using System.Text;
using Kakehashi.Seeds.Profiles;

namespace Kakehashi.Seeds.Files;

/// <summary>What each participant permits, in the platform's words, separated by semicolons. Empty: nothing recorded.</summary>
internal sealed class Permissions(ConsentLaw law)
{
    private readonly Weights _weights = new(law.Diseases.Select(d => d.Weight));

    private readonly byte[][] _diseases =
        [.. law.Diseases.Select(d => Encoding.UTF8.GetBytes(string.Join(';', d.Curies.Split(' ').Select(curie => $"DS:{curie}"))))];

    public void Write(Rows rows, in Draws draws)
    {
        var roll = draws.Below(1000, Topic.Consent);
        if (roll < law.Nothing)
        {
            return;
        }

        if ((roll -= law.Nothing) < law.Disease)
        {
            rows.Add(_diseases[_weights.At(draws.Roll(Topic.ConsentDisease))]);
        }
        else
        {
            rows.Add(roll - law.Disease < law.General ? "GRU"u8 : "HMB"u8);
            AddIf(draws.Chance(law.Ancestry, Topic.ConsentExtras, 0), ";POA"u8);
            AddIf(draws.Chance(law.Methods, Topic.ConsentExtras, 1), ";MDS"u8);
        }

        AddIf(draws.Chance(law.Commercial, Topic.ConsentExtras, 2), ";commercial"u8);
        AddIf(draws.Chance(law.Abroad, Topic.ConsentExtras, 3), ";abroad"u8);
        AddIf(draws.Chance(law.Recontact, Topic.ConsentExtras, 4), ";recontact"u8);

        void AddIf(bool permitted, ReadOnlySpan<byte> word)
        {
            if (permitted)
            {
                rows.Add(word);
            }
        }
    }
}
