namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Operands of an elementwise operation in one order of dimensions.</summary>
/// <param name="IsPlanar">Whether that is NCHW.</param>
/// <param name="Names">Their ONNX names.</param>
/// <param name="Shape">Shape of the result, in TensorFlow's order.</param>
internal sealed record BroadcastOperands(bool IsPlanar, IReadOnlyList<string> Names, SymbolicShape Shape)
{
    /// <summary>Brings operands into NCHW if one of them already is and the others can be, else into TensorFlow's order.</summary>
    public static BroadcastOperands Of(OnnxNodeContext context, params IEnumerable<int> inputs)
    {
        var values = inputs.Select(context.Input).ToList();
        var shape = values.Select(value => value.Shape).Aggregate(SymbolicShape.Broadcast);
        var planar = shape.Rank == 4 && values.Exists(value => value.IsPlanar) && values.TrueForAll(value => value.Shape.Rank >= 0);
        return new BroadcastOperands(planar, [.. values.Select(value => planar ? context.Translation.Planar(value) : context.Translation.Plain(value))], shape);
    }
}
