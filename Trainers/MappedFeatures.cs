using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Trainers;

/// <summary>Features in a .npy file (float16, float32 or float64) that stay on the disk while a trainer walks over them. Of a file above 1 GiB, what has been read is let go of, so that memory use does not grow with it.</summary>
/// <remarks>
/// Best for <see cref="SoftmaxRegressionTrainer"/>, which makes a few passes to prepare and one or more an iteration; trainers in mini-batches read rows in
/// any order, which is slow where the file is larger than the memory, and k-nearest neighbours keeps them all. The file must not be changed while it is
/// open. Safe to read from any thread; dispose after the fit.
/// </remarks>
public sealed class MappedFeatures : IFeatureSource, IDisposable
{
    private readonly MappedNpyMatrix _matrix;

    /// <summary>Opens a file.</summary>
    /// <param name="path">A .npy file: rows × columns, float16, float32 or float64, little-endian, C order.</param>
    /// <param name="names">A name a row for messages; null when there are none.</param>
    /// <exception cref="InvalidDataException">Not such a file; the message names the file, what was found and what was expected.</exception>
    /// <exception cref="ArgumentException">The number of names is not that of the rows.</exception>
    public MappedFeatures(string path, IReadOnlyList<string>? names = null)
        : this(MappedNpyMatrix.Open(path), names)
    {
    }

    /// <summary>Takes a file that is open.</summary>
    /// <param name="matrix">The file; disposed of with this.</param>
    /// <param name="names">A name a row for messages; null when there are none.</param>
    /// <exception cref="ArgumentException">The number of names is not that of the rows.</exception>
    public MappedFeatures(MappedNpyMatrix matrix, IReadOnlyList<string>? names = null)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        _matrix = matrix;
        if (names is not null && names.Count != _matrix.Rows)
        {
            var rows = _matrix.Rows;
            _matrix.Dispose();
            throw new ArgumentException($"{names.Count} names were given for {rows} rows.", nameof(names));
        }

        Names = names;
    }

    /// <inheritdoc/>
    public int Rows => _matrix.Rows;

    /// <inheritdoc/>
    public int Columns => _matrix.Columns;

    /// <inheritdoc/>
    public IReadOnlyList<string>? Names { get; }

    /// <inheritdoc/>
    public void CopyRow(int row, Span<float> target) => _matrix.CopyRow(row, target);

    /// <inheritdoc/>
    public void Release(int first, int count) => _matrix.Release(first, count);

    /// <inheritdoc/>
    public void Dispose() => _matrix.Dispose();
}
