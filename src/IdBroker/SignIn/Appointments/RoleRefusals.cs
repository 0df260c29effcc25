using System.Collections.Frozen;
using Kakehashi.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Kakehashi.IdBroker.SignIn.Appointments;

/// <summary>Why a role does not change. The codes are part of the API.</summary>
public static class RoleRefusals
{
    public const string NotGiven = "role.not-given-here";
    public const string OwnHand = "role.own-hand";
    public const string NotYours = "role.not-yours-to-give";
    public const string NotPending = "role.not-pending";
    public const string AskerLeft = "role.asker-left";
    public const string NoAffiliation = "role.no-affiliation";
    public const string TooLong = "role.too-long";
    public const string NoSuchAccount = "role.no-such-account";
    public const string AlreadyThere = "role.already-there";

    private static readonly FrozenDictionary<string, (string Title, string Detail)> Texts = new Dictionary<string, (string, string)>
    {
        [NotGiven] = ("This role is not given in this way.", "See the table of roles in the README: who gives which role, and for what."),
        [OwnHand] = ("Nobody gives, confirms or vouches for themselves.", "Ask somebody else who holds the role that gives it."),
        [NotYours] = ("This role is not yours to give or end.", "It takes the role that gives it, for the same biobank or organisation."),
        [NotPending] = ("It was decided before.", "Read the list again."),
        [AskerLeft] = ("Who asked for it is no longer an operator.", "End this request and let an operator ask anew."),
        [NoAffiliation] = ("The organisation does not say that this is one of its own people.", "Sign in through the institution again, so that it can say so."),
        [TooLong] = ("A role is delegated for 1 to 90 days.", "Choose a shorter time; it can be delegated again afterwards."),
        [NoSuchAccount] = ("There is no such account.", "Check the account id; it is shown on the person's account page."),
        [AlreadyThere] = ("The person has this role, or has asked for it.", "Read the list again; end what is there first if it should be another."),
    }.ToFrozenDictionary();

    public static ProblemHttpResult ToProblem(string code)
    {
        var (title, detail) = Texts[code];
        return code switch
        {
            OwnHand or NotYours => Problems.Forbidden($"idbroker.{code}", title, detail),
            NotGiven or TooLong or NoSuchAccount => Problems.Unprocessable($"idbroker.{code}", title, detail),
            _ => Problems.Conflict($"idbroker.{code}", title, detail),
        };
    }
}
