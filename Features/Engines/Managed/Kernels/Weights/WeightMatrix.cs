using System.Runtime.CompilerServices;

namespace MlTransfer.Features.Engines.Managed.Kernels.Weights;

/// <summary>The constant matrix [products, output channels] that filters are packed from, read row by row: floats or coded bytes, with a factor for each column. Immutable.</summary>
internal sealed class WeightMatrix
{
    private readonly float[] _values;
    private readonly byte[]? _codes;
    private readonly float[] _scale;
    private readonly int _pitch;
    private readonly int _first;
    private readonly bool _transposed;

    private WeightMatrix(float[] values, byte[]? codes, float[] scale, int rows, int columns, int pitch, int first, bool transposed)
    {
        _values = values;
        _codes = codes;
        _scale = scale;
        _pitch = pitch;
        _first = first;
        _transposed = transposed;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>Products in one output.</summary>
    public int Rows { get; }

    /// <summary>Output channels.</summary>
    public int Columns { get; }

    /// <summary>Whether it reads bytes, so that keeping it costs little.</summary>
    public bool IsCoded => _codes is not null;

    /// <summary>Reads floats.</summary>
    /// <param name="values">[rows, columns], or [columns, rows] where transposed; kept, not copied.</param>
    /// <param name="scale">Factor for each column, or empty for 1.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="transposed">Whether a column's values follow one another.</param>
    public static WeightMatrix Of(float[] values, float[] scale, int rows, int columns, bool transposed = false) =>
        new(values, null, scale, rows, columns, transposed ? rows : columns, 0, transposed);

    /// <summary>Reads a constant of the graph.</summary>
    /// <param name="weights">Its elements, [rows, columns], or [columns, rows] where transposed.</param>
    /// <param name="scale">Factor for each column, or empty for 1.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="transposed">Whether a column's values follow one another.</param>
    public static WeightMatrix Of(ConstantWeights weights, float[] scale, int rows, int columns, bool transposed = false) => weights.Coded is { } coded
        ? new WeightMatrix(coded.Values, coded.Codes, scale, rows, columns, transposed ? rows : columns, 0, transposed)
        : Of((float[])weights.Floats.Storage, scale, rows, columns, transposed);

    /// <summary>Some neighbouring columns.</summary>
    public WeightMatrix Slice(int first, int columns) =>
        first == 0 && columns == Columns ? this : new(_values, _codes, _scale, Rows, columns, _pitch, _first + first, _transposed);

    /// <summary>Reads neighbours in a row and multiplies them by their columns' factors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(int row, int first, Span<float> target)
    {
        first += _first;
        var at = _transposed ? ((long)first * _pitch) + row : ((long)row * _pitch) + first;
        var step = _transposed ? _pitch : 1;
        if (_codes is { } codes)
        {
            var values = _values;
            for (var i = 0; i < target.Length; i++, at += step)
            {
                target[i] = values[codes[at]];
            }
        }
        else if (_transposed)
        {
            for (var i = 0; i < target.Length; i++, at += step)
            {
                target[i] = _values[at];
            }
        }
        else
        {
            _values.AsSpan((int)at, target.Length).CopyTo(target);
        }

        if (_scale.Length > 0)
        {
            var scale = _scale.AsSpan(first, target.Length);
            for (var i = 0; i < target.Length; i++)
            {
                target[i] *= scale[i];
            }
        }
    }
}
