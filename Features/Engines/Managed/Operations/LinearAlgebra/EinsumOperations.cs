using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations.LinearAlgebra;

/// <summary>Einstein's summation over one or two tensors.</summary>
internal static class EinsumOperations
{
    /// <summary>The operations.</summary>
    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        OperationDefinition.Define(
            "Einsum(inputs: N * T) -> (output: T)",
            ["equation: string", "N: int", "T: {bfloat16, half, float, double, int32, int64}"],
            context => [WideElements.IsFloat(context.Inputs[0].Type) ? Einsum<double>(context) : Einsum<long>(context)]),
    ];

    private static Tensor Einsum<TWide>(OperationContext context)
        where TWide : struct, INumber<TWide>
    {
        if (context.Inputs.Count > 2)
        {
            throw context.Fail($"{context.Inputs.Count} inputs were found; one or two are expected");
        }

        var equation = EinsumEquation.Parse(context);
        var extents = Extents(context, equation);
        var summed = extents.Keys.Where(label => !equation.Output.Contains(label, StringComparison.Ordinal)).ToArray();
        char[] walked = [.. equation.Output, .. summed];

        // One walk over every combination of labels: the output's outside, those summed over inside.
        var shape = context.Shape([.. equation.Output.Select(label => (long)extents[label])]);
        var sizes = context.Shape([.. walked.Select(label => (long)extents[label])]);
        var operands = context.Inputs.Select(WideElements.Read<TWide>).ToArray();
        var strides = equation.Inputs.Select((labels, i) => Strides(labels, context.Inputs[i].Shape, walked)).ToArray();
        var target = Strides(equation.Output, shape, walked);
        var result = new TWide[shape.Count];
        var rows = new BroadcastRows(sizes, [.. strides, target]);
        while (rows.Next())
        {
            for (var i = 0; i < rows.Length; i++)
            {
                var term = TWide.One;
                for (var operand = 0; operand < operands.Length; operand++)
                {
                    term *= operands[operand][rows.Offset(operand) + (i * rows.Step(operand))];
                }

                result[rows.Offset(operands.Length) + (i * rows.Step(operands.Length))] += term;
            }
        }

        return WideElements.Write(context.Inputs[0].Type, shape, result);
    }

    private static Dictionary<char, int> Extents(OperationContext context, EinsumEquation equation)
    {
        var extents = new Dictionary<char, int>();
        for (var i = 0; i < equation.Inputs.Count; i++)
        {
            for (var dimension = 0; dimension < equation.Inputs[i].Length; dimension++)
            {
                var label = equation.Inputs[i][dimension];
                var extent = context.Inputs[i].Shape[dimension];
                if (!extents.TryGetValue(label, out var known) || (known == 1 && EinsumEquation.Broadcasts(label)))
                {
                    extents[label] = extent;
                }
                else if (extent != known && !(extent == 1 && EinsumEquation.Broadcasts(label)))
                {
                    throw context.Fail($"label '{label}' of equation '{context.Text("equation")}' stands for both {known} and {extent} elements");
                }
            }
        }

        return extents;
    }

    /// <summary>For each label walked the step in a tensor; a label that occurs twice steps along the diagonal.</summary>
    private static int[] Strides(string labels, TensorShape shape, char[] walked)
    {
        var dense = StridedCopy.DenseStrides(shape);
        return Array.ConvertAll(
            walked, label => labels.Select((own, dimension) => own == label && shape[dimension] > 1 ? dense[dimension] : 0).Sum());
    }
}
