using System.Collections.Frozen;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>What a refused form says to the person who filled it in. The codes are stable, the words may change.</summary>
public static class Refusals
{
    private static readonly FrozenDictionary<string, (string Ja, string En)> Texts = new Dictionary<string, (string, string)>
    {
        ["password.wrong"] = (
            "ユーザー名またはパスワードが違います。もう一度入力してください。",
            "The user name or the password is not right. Please try again."),
        ["code.wrong"] = (
            "コードが違います。アプリに今表示されているコードを入力してください。",
            "That code is not right. Enter the code your app shows now."),
        ["code.replayed"] = (
            "このコードは使用済みです。次のコードが表示されるまでお待ちください。",
            "That code was used before. Wait until your app shows the next one."),
        ["enrolment.wrong"] = (
            "登録コードが違うか、有効期限が切れています。運用担当者に新しいコードを依頼してください。",
            "The enrolment code is not right, or has expired. Ask an operator for a new one."),
        ["password.too-short"] = ("パスワードは12文字以上にしてください。", "A password needs at least 12 characters."),
        ["password.too-long"] = ("パスワードは256文字以下にしてください。", "A password may have at most 256 characters."),
        ["password.too-simple"] = ("パスワードには5種類以上の文字を使ってください。", "A password needs at least 5 different characters."),
        ["password.holds-user-name"] = ("パスワードにユーザー名を含めないでください。", "A password must not contain the user name."),
        ["password.differs"] = ("2回入力したパスワードが一致しません。", "The two passwords are not the same."),
        ["offer.lost"] = (
            "この設定は無効になりました。新しいQRコードを読み取ってください。",
            "This set-up is no longer valid. Scan the new QR code."),
    }.ToFrozenDictionary();

    public static string? Say(Language language, string? code) => code is null ? null : language.Say(Texts[code].Ja, Texts[code].En);
}
