using System.Runtime.CompilerServices;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Operations;
using System.Numerics;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>CheckNumerics on a value in the arena.</summary>
internal sealed unsafe class CheckStep(BoundNode node, ArenaValue value) : Step(node.Name, "check", [value], [])
{
    private MapView _view;

    /// <inheritdoc/>
    public override void Bind(NativeBuffer arena) => _view = View(arena, value);

    /// <inheritdoc/>
    public override void Run(RunState state)
    {
        var (pixels, channels) = (value.Pixels, value.Channels);
        if (_view.Pitch == channels)
        {
            (pixels, channels) = (1, pixels * channels);
        }

        for (var pixel = 0; pixel < pixels; pixel++)
        {
            Check(new ReadOnlySpan<float>(_view.Data + ((nint)pixel * _view.Pitch), channels));
        }
    }

    /// <summary>A number times zero is zero unless it is infinite or none at all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Check(ReadOnlySpan<float> values)
    {
        var sum = Vector<float>.Zero;
        var i = 0;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            sum += new Vector<float>(values[i..]) * Vector<float>.Zero;
        }

        var total = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            total += values[i] * 0;
        }

        if (total != 0)
        {
            var message = node.Attributes.TryGetValue("message", out var text) ? text.Text : string.Empty;
            throw new OperationException($"node '{node.Name}' (CheckNumerics): {message}: the tensor {value.Shape} holds infinities or elements that are not numbers");
        }
    }
}
