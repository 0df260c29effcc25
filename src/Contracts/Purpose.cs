using System.Text.Json.Serialization;

namespace Kakehashi.Contracts;

/// <summary>What kind of research is asked for, in the words of the Data Use Ontology (DUO).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ResearchUse>))]
public enum ResearchUse
{
    /// <summary>DUO:0000042, any research.</summary>
    GRU,

    /// <summary>DUO:0000006, health, medical or biomedical research.</summary>
    HMB,

    /// <summary>DUO:0000007, research on the diseases named in <see cref="Purpose.Diseases"/>.</summary>
    DS,

    /// <summary>DUO:0000011, population origins or ancestry research.</summary>
    POA,

    /// <summary>Development of methods, software or algorithms (see DUO:0000015).</summary>
    MDS,
}

/// <summary>Why a researcher asks. Every question carries one; it decides whose data may be counted.</summary>
/// <param name="Use">Kind of research.</param>
/// <param name="Diseases">CURIEs of the diseases under study; at least one for <see cref="ResearchUse.DS"/>, else empty.</param>
/// <param name="Commercial">True when a for-profit organisation uses the result, or it is used for profit.</param>
/// <param name="Country">ISO 3166-1 alpha-2 code of the country where the result goes.</param>
/// <param name="EthicsApproval">An ethics committee has approved the research.</param>
/// <param name="Collaboration">The researchers will work with the biobank's own investigators.</param>
/// <param name="Publication">The results will be published.</param>
public sealed record Purpose(
    [property: JsonRequired] ResearchUse Use,
    IReadOnlyList<string> Diseases,
    bool Commercial = false,
    string Country = "JP",
    bool EthicsApproval = false,
    bool Collaboration = false,
    bool Publication = false)
{
    public IReadOnlyList<string> Diseases { get; init; } = Diseases ?? [];
}
