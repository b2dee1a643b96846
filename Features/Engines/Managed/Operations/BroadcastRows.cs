using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>Walks a shape row by row (a row: the innermost dimension) and keeps each operand's place. Not thread-safe.</summary>
/// <remarks><code>while (rows.Next()) for (i &lt; rows.Length) target[rows.Target + i] = f(operand k at rows.Offset(k) + i * rows.Step(k))</code></remarks>
internal sealed class BroadcastRows
{
    private readonly int[] _extents;
    private readonly int[][] _strides;
    private readonly int[] _position;
    private readonly int[] _offsets;
    private int _row = -1;
    private readonly int _rows;

    /// <summary>Makes a walk.</summary>
    /// <param name="shape">The shape walked.</param>
    /// <param name="strides">For each operand its step in elements along each dimension (<see cref="Broadcasting.Strides"/>).</param>
    public BroadcastRows(TensorShape shape, params int[][] strides)
    {
        _extents = shape.ToArray();
        _strides = strides;
        _position = new int[Math.Max(0, shape.Rank - 1)];
        _offsets = new int[strides.Length];
        Length = shape.Rank == 0 ? 1 : _extents[^1];
        _rows = Length == 0 ? 0 : shape.Count / Length;
    }

    /// <summary>Elements in a row.</summary>
    public int Length { get; }

    /// <summary>Index of the row's first element in the shape walked.</summary>
    public int Target => _row * Length;

    /// <summary>Index of the row's first element in an operand.</summary>
    public int Offset(int operand) => _offsets[operand];

    /// <summary>Step in an operand along a row.</summary>
    public int Step(int operand) => _extents.Length == 0 ? 0 : _strides[operand][^1];

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Next()
    {
        if (++_row >= _rows)
        {
            return false;
        }

        if (_row == 0)
        {
            return true;
        }

        for (var dimension = _position.Length - 1; dimension >= 0; dimension--)
        {
            if (++_position[dimension] < _extents[dimension])
            {
                for (var operand = 0; operand < _offsets.Length; operand++)
                {
                    _offsets[operand] += _strides[operand][dimension];
                }

                break;
            }

            for (var operand = 0; operand < _offsets.Length; operand++)
            {
                _offsets[operand] -= _strides[operand][dimension] * (_extents[dimension] - 1);
            }

            _position[dimension] = 0;
        }

        return true;
    }
}
