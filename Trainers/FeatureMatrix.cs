namespace MlTransfer.Trainers;

/// <summary>Features of many examples: rows × columns, float32, row-major, one row an example.</summary>
/// <remarks>A view: the values are not copied and must not change while a trainer uses them. Safe to read from any thread.</remarks>
public sealed class FeatureMatrix : IFeatureSource
{
    private readonly ReadOnlyMemory<float> _values;

    /// <summary>Wraps a block of values.</summary>
    /// <param name="values">rows · columns values, row after row.</param>
    /// <param name="rows">Number of examples, zero or more.</param>
    /// <param name="columns">Number of features an example, one or more.</param>
    /// <param name="names">A name a row (a file path, say) for error messages and reports; null when there are none.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="values"/> or <paramref name="names"/> does not fit.</exception>
    public FeatureMatrix(ReadOnlyMemory<float> values, int rows, int columns, IReadOnlyList<string>? names = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (values.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{rows} rows × {columns} columns take {(long)rows * columns} values; {values.Length} were given.", nameof(values));
        }

        if (names is not null && names.Count != rows)
        {
            throw new ArgumentException($"{names.Count} names were given for {rows} rows.", nameof(names));
        }

        _values = values;
        Rows = rows;
        Columns = columns;
        Names = names;
    }

    /// <summary>Number of examples.</summary>
    public int Rows { get; }

    /// <summary>Number of features an example.</summary>
    public int Columns { get; }

    /// <summary>A name a row, or null.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <inheritdoc/>
    public bool IsInMemory => true;

    /// <summary>The features of one example.</summary>
    /// <param name="row">0 … <see cref="Rows"/> − 1.</param>
    public ReadOnlySpan<float> Row(int row) => _values.Span.Slice(checked(row * Columns), Columns);

    /// <inheritdoc/>
    public void CopyRow(int row, Span<float> target) => Row(row).CopyTo(target);

    /// <summary>A copy of some rows, in the order given (a row may come more than once), with their names.</summary>
    /// <param name="rows">Row numbers, each 0 … <see cref="Rows"/> − 1.</param>
    public FeatureMatrix Select(ReadOnlySpan<int> rows)
    {
        var values = new float[checked(rows.Length * Columns)];
        var names = Names is null ? null : new string[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            Row(rows[i]).CopyTo(values.AsSpan(i * Columns));
            if (names is not null)
            {
                names[i] = Names![rows[i]];
            }
        }

        return new FeatureMatrix(values, rows.Length, Columns, names);
    }
}
