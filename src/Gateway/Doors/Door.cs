namespace Kakehashi.Gateway.Doors;

/// <summary>
/// A listener of the Gateway. Which one a request came in by is a property of its connection, so no header can change it.
/// As endpoint metadata it says by which door an endpoint is reached; an endpoint without it is at the back only.
/// </summary>
public sealed class Door
{
    public static readonly Door Front = new("front");
    public static readonly Door Back = new("back");

    private readonly string _name;

    private Door(string name) => _name = name;

    public static Door Of(HttpContext context) =>
        context.Features.Get<Door>() ?? throw new InvalidOperationException("The connection came in by no door.");

    public static Door Of(Endpoint endpoint) => endpoint.Metadata.GetMetadata<Door>() ?? Back;

    public override string ToString() => _name;
}
