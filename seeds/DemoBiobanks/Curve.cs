namespace Kakehashi.Seeds;

/// <summary>How something goes with age: straight lines between points, level outside.</summary>
internal sealed class Curve((double Age, double Value)[] points)
{
    /// <summary>The named curves of conditions.</summary>
    public static IReadOnlyDictionary<string, Curve> Named { get; } = DataText.Lines("curves")
        .Select(line => line.Split(' ', 2))
        .ToDictionary(parts => parts[0], parts => Parse(parts[1]));

    /// <summary>Reads <c>age:value age:value …</c>.</summary>
    public static Curve Parse(string text) =>
        new([.. text.Split(' ').Select(point => point.Split(':')).Select(p => (DataText.Number(p[0]), DataText.Number(p[1])))]);

    public double At(double age)
    {
        if (age <= points[0].Age)
        {
            return points[0].Value;
        }

        for (var i = 1; i < points.Length; i++)
        {
            var (from, to) = (points[i - 1], points[i]);
            if (age <= to.Age)
            {
                return from.Value + ((age - from.Age) / (to.Age - from.Age) * (to.Value - from.Value));
            }
        }

        return points[^1].Value;
    }
}
