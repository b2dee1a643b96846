namespace MlTransfer.Trainers;

/// <summary>Features of many examples that a trainer reads row by row, several times over: in memory (<see cref="FeatureMatrix"/>) or in a file.</summary>
/// <remarks>The numbers must not change while a trainer uses them. Implementations are safe to read from any thread.</remarks>
public interface IFeatureSource
{
    /// <summary>Number of examples.</summary>
    int Rows { get; }

    /// <summary>Number of features an example.</summary>
    int Columns { get; }

    /// <summary>A name a row (a file path, say) for messages, or null.</summary>
    IReadOnlyList<string>? Names { get; }

    /// <summary>Whether the numbers are in memory already; a trainer then may keep a prepared copy of them. False by default.</summary>
    bool IsInMemory => false;

    /// <summary>Copies the features of one example.</summary>
    /// <param name="row">0 … <see cref="Rows"/> − 1.</param>
    /// <param name="target">Exactly <see cref="Columns"/> numbers.</param>
    void CopyRow(int row, Span<float> target);

    /// <summary>Told when some rows will not be read again in this pass; a source on the disk lets go of their memory. Does nothing by default.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">How many.</param>
    void Release(int first, int count)
    {
    }
}
