namespace Kakehashi.Cohorts;

/// <summary>One thing wrong with a cohort definition.</summary>
/// <param name="Code">One of <see cref="FaultCodes"/>; part of the API.</param>
/// <param name="Pointer">JSON pointer (RFC 6901) to the fault; empty for the definition as a whole.</param>
/// <param name="Message">What is wrong, for a person; may be reworded.</param>
/// <param name="Allowed">What may stand there instead.</param>
public sealed record CohortFault(string Code, string Pointer, string Message, IReadOnlyList<string> Allowed);
