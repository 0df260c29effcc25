namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>An institution on the sign-in page; it starts at <c>/institutions/{slug}/start</c>.</summary>
public sealed record InstitutionChoice(string Slug, string NameJa, string NameEn);
