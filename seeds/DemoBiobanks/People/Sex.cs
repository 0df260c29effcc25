namespace Kakehashi.Seeds.People;

/// <summary>Sex as the demo biobanks record it; the number is the row in tables by sex.</summary>
internal enum Sex
{
    Male,
    Female,
}
