using Kakehashi.Seeds.People;

namespace Kakehashi.Seeds.Files;

/// <summary>Smoking and drinking by sex and age, near the National Health and Nutrition Survey in round numbers. Null: not asked.</summary>
internal static class Habits
{
    private const int FirstAge = 20;
    private const int NotAsked = 40; // per mille

    public static Word? Smoking(in Person person, in Draws draws) =>
        Pick(Words.Smoking, person, draws, Topic.Smoking, person.Sex == Sex.Male
            ? person.Age < 70 ? (330, 660) : (280, 850)
            : person.Age < 60 ? (780, 900) : (890, 955));

    public static Word? Alcohol(in Person person, in Draws draws) =>
        Pick(Words.Alcohol, person, draws, Topic.Alcohol, person.Sex == Sex.Male
            ? person.Age < 75 ? (280, 650) : (400, 700)
            : person.Age < 65 ? (480, 880) : (690, 950));

    private static Word? Pick(IReadOnlyList<Word> words, in Person person, in Draws draws, Topic topic, (int First, int Second) upTo)
    {
        if (person.Age < FirstAge || draws.Chance(NotAsked, topic, 1))
        {
            return null;
        }

        var roll = draws.Below(1000, topic);
        return words[roll < upTo.First ? 0 : roll < upTo.Second ? 1 : 2];
    }
}
