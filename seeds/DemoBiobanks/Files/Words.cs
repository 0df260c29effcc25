using System.Text;

namespace Kakehashi.Seeds.Files;

/// <summary>A word and its bytes, for cells of a known set.</summary>
internal sealed record Word(string Text, string Label, string LabelJa)
{
    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(Text);
}

/// <summary>Biosamples, data assets and habits in words, English and Japanese.</summary>
internal static class Words
{
    public static IReadOnlyDictionary<string, Word> Biosamples { get; } = Table(
        new("dna", "DNA", "DNA"),
        new("serum", "Serum", "血清"),
        new("plasma", "Plasma", "血漿"),
        new("urine", "Urine", "尿"),
        new("tissue", "Tissue", "組織"),
        new("pbmc", "Peripheral blood mononuclear cells", "末梢血単核球"),
        new("saliva", "Saliva", "唾液"),
        new("csf", "Cerebrospinal fluid", "脳脊髄液"),
        new("rna", "RNA", "RNA"),
        new("cord-blood", "Cord blood", "臍帯血"));

    public static IReadOnlyDictionary<string, Word> Assets { get; } = Table(
        new("snp-array", "SNP array genotypes", "SNPアレイ"),
        new("wgs", "Whole genome sequence", "全ゲノムシークエンス"),
        new("wes", "Whole exome sequence", "全エクソームシークエンス"),
        new("rna-seq", "RNA sequence", "RNAシークエンス"),
        new("transcriptome", "Transcriptome", "トランスクリプトーム"),
        new("methylation", "DNA methylation", "DNAメチル化"),
        new("metabolome", "Metabolome", "メタボローム"),
        new("proteome", "Proteome", "プロテオーム"),
        new("mri", "Brain MRI", "頭部MRI"));

    /// <summary>Assets made from DNA: who gave none has none.</summary>
    public static IReadOnlySet<string> FromDna { get; } = new HashSet<string>(["snp-array", "wgs", "wes", "methylation"]);

    public static IReadOnlyList<Word> Smoking { get; } =
        [new("never", "Never smoked", "喫煙歴なし"), new("past", "Smoked in the past", "過去に喫煙"), new("current", "Smokes", "現在喫煙")];

    public static IReadOnlyList<Word> Alcohol { get; } =
        [new("none", "Does not drink", "飲酒しない"), new("occasional", "Drinks at times", "時々飲酒"), new("daily", "Drinks every day", "毎日飲酒")];

    private static Dictionary<string, Word> Table(params Word[] words) => words.ToDictionary(w => w.Text);
}
