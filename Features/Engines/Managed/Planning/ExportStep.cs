using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Copies a value out of the arena into a new managed tensor.</summary>
internal sealed unsafe class ExportStep(string name, ArenaValue source, int slot) : Step(name, "export", [source], [])
{
    private MapView _view;

    /// <inheritdoc/>
    public override void Bind(NativeBuffer arena) => _view = View(arena, source);

    /// <inheritdoc/>
    public override void Run(RunState state)
    {
        var target = GC.AllocateUninitializedArray<float>(source.Shape.Count);
        var (pixels, channels) = (source.Pixels, source.Channels);
        if (_view.Pitch == channels)
        {
            new ReadOnlySpan<float>(_view.Data, target.Length).CopyTo(target);
        }
        else
        {
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                new ReadOnlySpan<float>(_view.Data + ((nint)pixel * _view.Pitch), channels).CopyTo(target.AsSpan(pixel * channels));
            }
        }

        state.Host[slot] = Tensor.From(source.Shape, target);
    }
}
