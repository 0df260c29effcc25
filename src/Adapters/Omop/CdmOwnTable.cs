using Kakehashi.Adapters.CodeSystems;

namespace Kakehashi.Adapters.Omop;

/// <summary>A table or view that the CDM does not know: permissions, biosamples, data assets or attributes of persons.</summary>
internal sealed class CdmOwnTable(CdmSession session, OwnTable table, CodeBook book, IBiobankSink sink)
{
    public CdmRows Rows { get; } = new(session, table.Table, null, table.Person);

    /// <summary>Adds what is not there to the problems of the source.</summary>
    public void Check(SourceProblems problems)
    {
        if (!session.Has(table.Table))
        {
            problems.Missing("adapter.table-missing", "table", table.Table, session.Tables);
            return;
        }

        foreach (var column in new[] { table.Person, table.Column }.Where(c => !session.Has(table.Table, c)))
        {
            problems.Missing("adapter.column-missing", $"{table.Table}: column", column, session.ColumnsOf(table.Table));
        }
    }

    public Task PourAsync(CancellationToken ct)
    {
        PourValue<string> pour = table.Kind is { } kind ? Pour.Into(sink, kind, table.Attribute) : (id, word) => sink.Permission(id, word);
        return Rows.ForEachAsync(
            row =>
            {
                var text = row.Text(0)?.Trim();
                if (!string.IsNullOrEmpty(text))
                {
                    Row(row, text, pour);
                }
            },
            ct,
            (table.Column, "text"));
    }

    private void Row(CdmRows row, string text, PourValue<string> pour)
    {
        var code = table.Attribute is { } name ? $"{name}={text}" : text;
        if (table.Kind is { } kind ? Codes.WhyNot(kind, code) is not null : !Permission.IsValid(text))
        {
            row.Log.Note(table.Kind is null ? Fault.PermissionUnknown : Fault.CodeInvalid, table.Column);
            return;
        }

        if (table.Kind is { } declared)
        {
            book.Declare(declared, code);
        }

        row.Pour(pour, text);
    }
}
