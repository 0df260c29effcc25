namespace Kakehashi.Adapters.Csv;

/// <summary>Something that each row of a file says about its participant.</summary>
internal abstract class RowRule
{
    public abstract void Apply(CsvRows rows);

    public virtual void Warn(SourceLog log)
    {
    }
}
