namespace Kakehashi.Contracts;

/// <summary>Fixed words of GA4GH visas and passports (AAI 1.2.1, Passport 1.2).</summary>
public static class VisaWords
{
    /// <summary>Type (<c>typ</c>) of a visa's JWT.</summary>
    public const string VisaType = "vnd.ga4gh.visa+jwt";

    /// <summary>Type (<c>typ</c>) of a passport's JWT.</summary>
    public const string PassportType = "vnd.ga4gh.passport+jwt";

    /// <summary>The claim of a passport that holds its visas.</summary>
    public const string PassportClaim = "ga4gh_passport_v1";

    /// <summary>The claim of a visa that holds what it asserts.</summary>
    public const string VisaClaim = "ga4gh_visa_v1";

    /// <summary>What to ask a token endpoint for (RFC 8693, <c>requested_token_type</c>).</summary>
    public const string PassportTokenType = "urn:ga4gh:params:oauth:token-type:passport";

    public const string AffiliationAndRole = "AffiliationAndRole";
    public const string AcceptedTermsAndPolicies = "AcceptedTermsAndPolicies";
    public const string ResearcherStatus = "ResearcherStatus";
    public const string ControlledAccessGrants = "ControlledAccessGrants";
    public const string LinkedIdentities = "LinkedIdentities";

    /// <summary>Value of <c>by</c>: a data access committee.</summary>
    public const string ByCommittee = "dac";

    /// <summary>Longest URL in a visa.</summary>
    public const int LongestUrl = 255;

    /// <summary>Where a biobank without a <c>url</c> of its own has its place: below the platform's issuer.</summary>
    public static string Biobank(string issuer, string biobank) => $"{issuer}/biobanks/{biobank}";

    /// <summary>How a ControlledAccessGrants visa names a dataset.</summary>
    public static string Dataset(string biobankUrl, string dataset) => $"{biobankUrl}/datasets/{dataset}";

    /// <summary>How a visa names a biobank's data access committee as its source.</summary>
    public static string Committee(string biobankUrl) => $"{biobankUrl}/dac";
}
