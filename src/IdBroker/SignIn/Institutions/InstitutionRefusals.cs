using System.Collections.Frozen;

namespace Kakehashi.IdBroker.SignIn.Institutions;

/// <summary>Why somebody who came back from an institution was not let in. The codes go to the ledger; each has its page.</summary>
public static class InstitutionRefusals
{
    public const string UnknownState = "unknown-state";
    public const string ReplayedState = "replayed-state";
    public const string TookTooLong = "took-too-long";
    public const string OtherBrowser = "other-browser";
    public const string MixedUp = "mixed-up";
    public const string RefusedByInstitution = "refused-by-institution";
    public const string Unreachable = "unreachable";
    public const string SwappedCode = "swapped-code";
    public const string Malformed = "malformed-token";
    public const string WithoutSignature = "unsigned";
    public const string WrongAlgorithm = "wrong-algorithm";
    public const string UnknownKey = "unknown-key";
    public const string WrongSignature = "wrong-signature";
    public const string WrongIssuer = "wrong-issuer";
    public const string WrongAudience = "wrong-audience";
    public const string WrongNonce = "wrong-nonce";
    public const string WrongAccessToken = "wrong-access-token";
    public const string WrongDate = "wrong-date";
    public const string Expired = "expired";
    public const string StaleSignIn = "stale-sign-in";
    public const string OtherSubject = "other-subject";
    public const string SessionGone = "session-gone";
    public const string LinkedElsewhere = "linked-elsewhere";
    public const string AccountClosed = "account-closed";

    private static readonly (string Ja, string En) Again = (
        "最初の画面に戻り、もう一度サインインしてください。", "Go back to where you started and sign in again.");

    private static readonly (string Ja, string En) NotBelieved = (
        "所属機関からの応答を確認できなかったため、サインインを中止しました。もう一度お試しください。続く場合は、下の符号を添えて運用者にお知らせください。",
        "The institution's answer could not be verified, so nobody was signed in. Try again; if it happens again, tell the operators the code below.");

    private static readonly FrozenDictionary<string, (string Ja, string En)> Texts = new Dictionary<string, (string, string)>
    {
        [UnknownState] = Again,
        [ReplayedState] = ("このサインインはすでに使われています。最初の画面からやり直してください。", "This sign-in was used before. Start again from the first page."),
        [TookTooLong] = ("サインインに時間がかかりすぎました。最初の画面からやり直してください。", "The sign-in took too long. Start again from the first page."),
        [OtherBrowser] = ("このサインインは別のブラウザで始められたものです。同じブラウザでやり直してください。", "This sign-in was started in another browser. Start again in this one."),
        [RefusedByInstitution] = ("所属機関がサインインを認めませんでした。取り消した場合は、もう一度始められます。", "The institution did not sign you in. If you cancelled there, you can simply start again."),
        [Unreachable] = ("所属機関のサインイン・サービスが応答しません。しばらくしてからお試しください。", "The institution's sign-in service does not answer. Try again in a while."),
        [StaleSignIn] = ("所属機関が本人確認をやり直しませんでした。所属機関で一度サインアウトしてから、もう一度お試しください。", "The institution did not ask you again. Sign out there first, then try again."),
        [SessionGone] = ("こちらのサインインが終わっています。サインインし直してから、所属機関を追加してください。", "Your sign-in here has ended. Sign in again, then add the institution."),
        [LinkedElsewhere] = ("この所属機関の利用者は、すでに別のアカウントに結び付いています。", "This identity at the institution already belongs to another account."),
        [AccountClosed] = ("このアカウントは停止されています。運用者にお問い合わせください。", "This account has been closed. Ask the operators."),
    }.ToFrozenDictionary();

    /// <summary>What to tell the person.</summary>
    public static (string Ja, string En) TextOf(string reason) => Texts.GetValueOrDefault(reason, NotBelieved);
}
