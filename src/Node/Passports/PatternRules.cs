namespace Kakehashi.Node.Passports;

/// <summary>
/// How a condition compares a claim (Passport 1.2 "conditions", "Pattern Matching"): <c>const:</c> exactly, <c>pattern:</c> with
/// <c>?</c> for one character and <c>*</c> for any number, <c>split_pattern:</c> the same on one of the parts between semicolons.
/// </summary>
public static class PatternRules
{
    /// <summary>False also for an expectation of another form: what is not understood is not met.</summary>
    public static bool IsMet(string expectation, string value)
    {
        var colon = expectation.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && expectation[..colon] switch
        {
            "const" => value == expectation[(colon + 1)..],
            "pattern" => Matches(expectation.AsSpan(colon + 1), value),
            "split_pattern" => MatchesPart(expectation.AsSpan(colon + 1), value),
            _ => false,
        };
    }

    /// <summary>
    /// The whole text against the whole pattern, every other character standing for itself. After a mismatch only the last
    /// asterisk has to be tried again, so no pattern takes longer than its length times the text's.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (at, place, asterisk, resume) = (0, 0, -1, 0);
        while (place < text.Length)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (asterisk, resume) = (at++, place);
            }
            else if (at < pattern.Length && (pattern[at] == '?' || pattern[at] == text[place]))
            {
                (at, place) = (at + 1, place + 1);
            }
            else if (asterisk >= 0)
            {
                (at, place) = (asterisk + 1, ++resume);
            }
            else
            {
                return false;
            }
        }

        return pattern[at..].TrimStart('*').IsEmpty;
    }

    private static bool MatchesPart(ReadOnlySpan<char> pattern, ReadOnlySpan<char> value)
    {
        foreach (var part in value.Split(';'))
        {
            if (Matches(pattern, value[part]))
            {
                return true;
            }
        }

        return false;
    }
}
