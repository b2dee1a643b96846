using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>Makes an operation's kernel of one that is generic in the number type.</summary>
internal static class NumberKernel
{
    /// <summary>The kernel that runs <typeparamref name="TKernel"/> for the element type that an attribute names.</summary>
    /// <remarks>BFloat16 is computed as float and rounded at the end, as TensorFlow's kernels do element by element.</remarks>
    public static OperationKernel Of<TKernel>(string attribute = "T")
        where TKernel : INumberKernel => context => context.Type(attribute) switch
        {
            DataType.Float32 => TKernel.Run<float>(context),
            DataType.Float64 => TKernel.Run<double>(context),
            DataType.Half => TKernel.Run<Half>(context),
            DataType.Int8 or DataType.QInt8 => TKernel.Run<sbyte>(context),
            DataType.UInt8 or DataType.QUInt8 => TKernel.Run<byte>(context),
            DataType.Int16 or DataType.QInt16 => TKernel.Run<short>(context),
            DataType.UInt16 or DataType.QUInt16 => TKernel.Run<ushort>(context),
            DataType.Int32 or DataType.QInt32 => TKernel.Run<int>(context),
            DataType.UInt32 => TKernel.Run<uint>(context),
            DataType.Int64 => TKernel.Run<long>(context),
            DataType.UInt64 => TKernel.Run<ulong>(context),
            DataType.BFloat16 => AsFloat<TKernel>(context),
            var type => throw context.Fail($"elements of {Tensor.NameOf(type)} are not supported"),
        };

    private static Tensor[] AsFloat<TKernel>(OperationContext context)
        where TKernel : INumberKernel
    {
        var outputs = TKernel.Run<float>(context.WithInputs([.. context.Inputs.Select(input => input.Type == DataType.BFloat16 ? BFloat16Conversion.ToFloat(input) : input)]));
        return [.. outputs.Select(output => output.Type == DataType.Float32 ? BFloat16Conversion.FromFloat(output) : output)];
    }
}
