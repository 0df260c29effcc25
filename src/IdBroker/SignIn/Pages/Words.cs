using System.Collections.Frozen;
using Kakehashi.Contracts;

namespace Kakehashi.IdBroker.SignIn.Pages;

/// <summary>How roles, recorded events and strengths of a sign-in are called on a person's own page. What is new here is shown by its code.</summary>
public static class Words
{
    private static readonly FrozenDictionary<string, (string Ja, string En)> Texts = new Dictionary<string, (string, string)>
    {
        [Contracts.Roles.Researcher] = ("研究者", "researcher"),
        [Contracts.Roles.Steward] = ("データ管理者", "data steward"),
        [Contracts.Roles.DacChair] = ("利用審査委員長", "chair of a data access committee"),
        [Contracts.Roles.Auditor] = ("監査者", "auditor"),
        [Contracts.Roles.Operator] = ("運用担当者", "operator"),
        [Contracts.Roles.Participant] = ("参加者", "participant"),
        [Contracts.Roles.Representative] = ("機関代表者", "representative of an institution"),
        [Assurance.Sfa] = ("1要素", "one factor"),
        [Assurance.Mfa] = ("2要素", "two factors"),
        ["idbroker"] = ("プラットフォーム", "the platform"),
        ["anonymous"] = ("相手は不明", "by somebody unknown"),
        ["sign-in.succeeded"] = ("サインイン", "Signed in"),
        ["sign-in.failed"] = ("サインインの失敗", "Sign-in failed"),
        ["sign-in.slowed"] = ("試行が多すぎるため制限", "Too many attempts, slowed down"),
        ["session.ended"] = ("セッションの終了", "Session ended"),
        ["session.raised"] = ("再確認", "Signed in again"),
        ["token-family.revoked"] = ("アプリのトークンの無効化", "An application's tokens were revoked"),
        ["code.replayed"] = ("使用済みコードの再利用", "A used code was shown again"),
        ["second-factor.added"] = ("2つ目の要素の追加", "Second factor added"),
        ["second-factor.removed"] = ("2つ目の要素の削除", "Second factor removed"),
        ["password.changed"] = ("パスワードの変更", "Password changed"),
        ["enrolment.issued"] = ("登録コードの発行", "Enrolment code issued"),
        ["enrolment.used"] = ("登録コードの使用", "Enrolment code used"),
        ["account.registered"] = ("アカウントの作成", "Account created"),
        ["account.changed"] = ("アカウントの変更", "Account changed"),
        ["account.disabled"] = ("アカウントの停止", "Account disabled"),
        ["account.enabled"] = ("アカウントの再開", "Account enabled"),
        ["agreement.given"] = ("情報提供への同意", "Agreement given"),
        ["agreement.revoked"] = ("同意の取り消し", "Agreement revoked"),
        ["terms.accepted"] = ("規約の承諾", "Terms accepted"),
        ["passport.issued"] = ("パスポートの発行", "Passport issued"),
        ["device.approved"] = ("機器の承認", "Device approved"),
        ["device.denied"] = ("機器の拒否", "Device refused"),
        ["link.created"] = ("機関アカウントの結び付け", "Institution linked"),
        ["link.revetted"] = ("結び付けの再確認", "Link confirmed again"),
        ["link.made-dormant"] = ("結び付けの休止", "Link became dormant"),
        ["role.granted"] = ("役割の付与", "Role given"),
        ["role.ended"] = ("役割の終了", "Role ended"),
    }.ToFrozenDictionary();

    public static string Say(Language language, string code) =>
        Texts.TryGetValue(code, out var text) ? language.Say(text.Ja, text.En) : code;
}
