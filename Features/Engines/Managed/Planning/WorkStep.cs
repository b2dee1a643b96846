using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>A step that a kernel does on all threads.</summary>
/// <param name="name">Node name.</param>
/// <param name="kernel">Kernel name.</param>
/// <param name="work">The work.</param>
/// <param name="reads">Arena values it reads.</param>
/// <param name="output">The arena value it writes.</param>
/// <param name="bind">Hands the work the views of <paramref name="reads"/>, in order, and of <paramref name="output"/>.</param>
internal sealed class WorkStep(string name, string kernel, ParallelWork work, IReadOnlyList<ArenaValue> reads, ArenaValue output, Action<MapView[], MapView> bind)
    : Step(name, kernel, reads, [output])
{
    private readonly MapView[] _inputs = new MapView[reads.Count];

    /// <inheritdoc/>
    public override void Bind(NativeBuffer arena)
    {
        for (var i = 0; i < _inputs.Length; i++)
        {
            _inputs[i] = View(arena, Reads[i]);
        }

        bind(_inputs, View(arena, Writes[0]));
    }

    /// <inheritdoc/>
    public override void Run(RunState state) => state.Pool.Run(work, state.Cancellation);
}
