using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Copies a managed tensor into the arena.</summary>
internal sealed unsafe class ImportStep(string name, int slot, ArenaValue target) : Step(name, "import", [], [target])
{
    private MapView _view;

    /// <inheritdoc/>
    public override void Bind(NativeBuffer arena) => _view = View(arena, target);

    /// <inheritdoc/>
    public override void Run(RunState state)
    {
        var tensor = state.Host[slot]!;
        if (tensor.Shape != target.Shape)
        {
            throw new InvalidOperationException($"'{Name}' was planned for {target.Shape} and is given {tensor.Shape}.");
        }

        var source = (ReadOnlySpan<float>)tensor.AsSpan<float>();
        var (pixels, channels) = (target.Pixels, target.Channels);
        if (_view.Pitch == channels)
        {
            source.CopyTo(new Span<float>(_view.Data, source.Length));
            return;
        }

        for (var pixel = 0; pixel < pixels; pixel++)
        {
            source.Slice(pixel * channels, channels).CopyTo(new Span<float>(_view.Data + ((nint)pixel * _view.Pitch), channels));
        }
    }
}
