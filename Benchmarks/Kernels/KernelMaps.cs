using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Benchmarks.Kernels;

/// <summary>What a kernel needs to run: maps in native memory, the same numbers managed for the reference, and one thread.</summary>
internal sealed unsafe class KernelMaps : IDisposable
{
    private readonly NativeBuffer _input;
    private readonly NativeBuffer _other;
    private readonly NativeBuffer _output;

    /// <summary>Makes the maps of a geometry.</summary>
    public KernelMaps(ConvolutionShape shape)
    {
        Values = Random(shape.Batch * shape.InHeight * shape.InWidth * shape.InChannels, 1);
        Others = Random(Values.Length, 2);
        Result = new float[shape.OutPixels * shape.OutChannels];
        (_input, _other, _output) = (NativeBuffer.Of(Values), NativeBuffer.Of(Others), NativeBuffer.OfZeros(Result.Length));
        (Input, Other, Output) = (new MapView(_input.Floats, shape.InChannels), new MapView(_other.Floats, shape.InChannels), new MapView(_output.Floats, shape.OutChannels));
    }

    /// <summary>Register widths that are not emulated.</summary>
    public static IEnumerable<int> Widths => LaneWidths.All.Where(width => width <= LaneWidths.Best).Select(width => (int)width);

    /// <summary>The first operand.</summary>
    public float[] Values { get; }

    /// <summary>The second operand.</summary>
    public float[] Others { get; }

    /// <summary>Where the reference writes.</summary>
    public float[] Result { get; }

    /// <summary>The first operand for kernels.</summary>
    public MapView Input { get; }

    /// <summary>The second operand for kernels.</summary>
    public MapView Other { get; }

    /// <summary>Where kernels write.</summary>
    public MapView Output { get; }

    /// <summary>One thread.</summary>
    public WorkerPool Pool { get; } = new(1);

    /// <summary>A square map and window, padded to the same size where the stride is 1.</summary>
    public static ConvolutionShape Shape(int size, int inChannels, int outChannels, int height, int width, int stride)
    {
        var (outHeight, outWidth) = stride == 1 ? (size, size) : (((size - height) / stride) + 1, ((size - width) / stride) + 1);
        return new ConvolutionShape(1, size, size, inChannels, outHeight, outWidth, outChannels, height, width, stride, stride, 1, 1, stride == 1 ? height / 2 : 0, stride == 1 ? width / 2 : 0);
    }

    /// <summary>Numbers in [−1, 1).</summary>
    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return values;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pool.Dispose();
        _input.Dispose();
        _other.Dispose();
        _output.Dispose();
    }
}
