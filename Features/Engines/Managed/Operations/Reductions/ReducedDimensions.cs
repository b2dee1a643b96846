using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.Reductions;

/// <summary>Which dimensions a reduction takes away, and where each element of the input goes.</summary>
internal sealed class ReducedDimensions
{
    private readonly bool[] _reduced;

    /// <summary>Reads the dimensions from the second input of a reduction.</summary>
    public ReducedDimensions(OperationContext context)
    {
        Input = context.Inputs[0].Shape;
        _reduced = new bool[Input.Rank];
        foreach (var dimension in context.IntValues(1))
        {
            if (dimension < -Input.Rank || dimension >= Input.Rank)
            {
                throw context.Fail($"invalid reduction dimension {dimension} for an input of {Input.Rank} dimension(s), shape {Input}");
            }

            var axis = (int)(dimension < 0 ? dimension + Input.Rank : dimension);
            if (_reduced[axis])
            {
                throw context.Fail($"reduction dimension {axis} is named twice");
            }

            _reduced[axis] = true;
        }

        Output = new TensorShape([.. Kept(context.Bool("keep_dims"))]);
        Folded = 1;
        for (var axis = 0; axis < Input.Rank; axis++)
        {
            Folded *= _reduced[axis] ? Input[axis] : 1;
        }
    }

    /// <summary>Shape of the input.</summary>
    public TensorShape Input { get; }

    /// <summary>Shape of the result.</summary>
    public TensorShape Output { get; }

    /// <summary>How many elements of the input become one of the result.</summary>
    public int Folded { get; }

    /// <summary>Folds all elements, in the input's order.</summary>
    /// <param name="values">Elements of the input.</param>
    /// <param name="start">What every result starts from.</param>
    /// <param name="fold">Takes a result so far and the next element.</param>
    public TWide[] Fold<T, TWide>(ReadOnlySpan<T> values, TWide start, Func<TWide, T, TWide> fold)
    {
        var result = new TWide[Output.Count];
        Array.Fill(result, start);
        var strides = new int[Input.Rank];
        for (int axis = Input.Rank - 1, step = 1; axis >= 0; axis--)
        {
            strides[axis] = _reduced[axis] ? 0 : step;
            step *= _reduced[axis] ? 1 : Input[axis];
        }

        var rows = new BroadcastRows(Input, strides);
        while (rows.Next())
        {
            var target = rows.Offset(0);
            for (var i = 0; i < rows.Length; i++)
            {
                result[target] = fold(result[target], values[rows.Target + i]);
                target += rows.Step(0);
            }
        }

        return result;
    }

    private IEnumerable<int> Kept(bool keepAsOne)
    {
        for (var axis = 0; axis < Input.Rank; axis++)
        {
            if (!_reduced[axis])
            {
                yield return Input[axis];
            }
            else if (keepAsOne)
            {
                yield return 1;
            }
        }
    }
}
