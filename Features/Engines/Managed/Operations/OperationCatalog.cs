using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using MlTransfer.Features.Engines.Managed.Operations.Accumulations;
using MlTransfer.Features.Engines.Managed.Operations.Arrays;
using MlTransfer.Features.Engines.Managed.Operations.Checks;
using MlTransfer.Features.Engines.Managed.Operations.Comparisons;
using MlTransfer.Features.Engines.Managed.Operations.ControlFlow;
using MlTransfer.Features.Engines.Managed.Operations.Conversions;
using MlTransfer.Features.Engines.Managed.Operations.ElementwiseMath;
using MlTransfer.Features.Engines.Managed.Operations.Images;
using MlTransfer.Features.Engines.Managed.Operations.LinearAlgebra;
using MlTransfer.Features.Engines.Managed.Operations.NeuralNetwork;
using MlTransfer.Features.Engines.Managed.Operations.Quantization;
using MlTransfer.Features.Engines.Managed.Operations.Randomness;
using MlTransfer.Features.Engines.Managed.Operations.Reductions;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>Every operation the managed engine knows, by TensorFlow's name. Immutable; safe from any thread.</summary>
internal static class OperationCatalog
{
    private static readonly FrozenDictionary<string, OperationDefinition> s_byName = FrozenDictionary.ToFrozenDictionary<OperationDefinition, string>(
        [
            .. SourceOperations.Definitions,
            .. ShapeOperations.Definitions,
            .. FillOperations.Definitions,
            .. JoinOperations.Definitions,
            .. SliceOperations.Definitions,
            .. GatherOperations.Definitions,
            .. BlockOperations.Definitions,
            .. DiagonalOperations.Definitions,
            .. AccumulationOperations.Definitions,
            .. CheckOperations.Definitions,
            .. ComparisonOperations.Definitions,
            .. RankingOperations.Definitions,
            .. ControlFlowOperations.Definitions,
            .. UnaryOperations.Definitions,
            .. BinaryOperations.Definitions,
            .. ReductionOperations.Definitions,
            .. MatrixOperations.Definitions,
            .. EinsumOperations.Definitions,
            .. ConversionOperations.Definitions,
            .. RandomOperations.Definitions,
            .. ConvolutionOperations.Definitions,
            .. PaddedConvolutionOperations.Definitions,
            .. PoolingOperations.Definitions,
            .. NormalizationOperations.Definitions,
            .. LogitOperations.Definitions,
            .. QuantizationOperations.Definitions,
            .. SimulatedQuantizationOperations.Definitions,
            .. DecodeOperations.Definitions,
            .. ResizeOperations.Definitions,
            .. CropOperations.Definitions,
            .. ColorOperations.Definitions,
        ],
        definition => definition.Name,
        StringComparer.Ordinal);

    /// <summary>The operations' names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_byName.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Finds an operation.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out OperationDefinition? definition) => s_byName.TryGetValue(name, out definition);
}
