using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Graphs.Onnx.Conversions;

/// <summary>Changes of the element type.</summary>
internal static class TypeConversions
{
    /// <summary>The conversions.</summary>
    public static IReadOnlyDictionary<string, Action<OnnxNodeContext>> All { get; } = new Dictionary<string, Action<OnnxNodeContext>>(StringComparer.Ordinal)
    {
        ["Cast"] = Cast,
        ["Dequantize"] = Dequantize,
    };

    private static void Cast(OnnxNodeContext context)
    {
        var input = context.Input(0);
        if (context.OutputType == input.Type)
        {
            context.Forward(0);
            return;
        }

        var type = OnnxElementType.Of(context.OutputType);
        if (type is 0 or 8 || input.Type is DataType.String)
        {
            throw context.Fail($"it turns {Tensor.NameOf(input.Type)} into {Tensor.NameOf(context.OutputType)}");
        }

        var to = OnnxAttribute.Int("to", type);
        if (input.IsPlanar)
        {
            context.Set(true, input.Shape, "Cast", [context.Planar(0)], to);
        }
        else
        {
            context.SetPlain(input.Shape, context.OutputType is DataType.Int32 or DataType.Int64 ? input.Elements : null, "Cast", [context.Plain(0)], to);
        }
    }

    private static void Dequantize(OnnxNodeContext context)
    {
        var input = context.Input(0);
        if (context.Text("mode") != "MIN_COMBINED" || context.Int("axis") >= 0 || input.Type != DataType.QUInt8
            || context.Constant(1, "the lowest value") is not { Type: DataType.Float32, Count: 1 } lowest || context.Constant(2, "the highest value") is not { Type: DataType.Float32, Count: 1 } highest)
        {
            throw context.Fail("only quint8 in mode MIN_COMBINED with one range is written");
        }

        var (low, high) = ((double)lowest.AsSpan<float>()[0], (double)highest.AsSpan<float>()[0]);
        var floats = context.Emit("Cast", [context.Natural(0)], OnnxAttribute.Int("to", OnnxElementType.Float));
        var scaled = context.Emit("Mul", [floats, context.Scalar((high - low) / byte.MaxValue)]);
        context.Set(input.IsPlanar, input.Shape, "Add", [scaled, context.Scalar(low)]);
    }
}
