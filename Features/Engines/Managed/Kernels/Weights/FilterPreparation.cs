using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Threading;

namespace MlTransfer.Features.Engines.Managed.Kernels.Weights;

/// <summary>Filters that plans have asked for and that are still to be filled; all threads then share the panels. One thread at a time may use it.</summary>
internal sealed unsafe class FilterPreparation : ParallelWork
{
    private readonly List<IPanelFilter> _filters = [];
    private readonly List<(IPanelFilter Filter, int Panel)> _panels = [];

    /// <inheritdoc/>
    public override int Items => _panels.Count;

    /// <inheritdoc/>
    public override int ScratchBytes => _filters.Count == 0 ? 0 : _filters.Max(filter => filter.ScratchBytes);

    /// <summary>Fills one filter on the calling thread.</summary>
    public static void Fill(IPanelFilter filter)
    {
        using var scratch = new NativeBuffer(filter.ScratchBytes);
        for (var panel = 0; panel < filter.Panels; panel++)
        {
            filter.Fill(panel, scratch.Pointer);
        }
    }

    /// <summary>Puts a filter on the list.</summary>
    public void Add(IPanelFilter filter)
    {
        _filters.Add(filter);
        for (var panel = 0; panel < filter.Panels; panel++)
        {
            _panels.Add((filter, panel));
        }
    }

    /// <summary>Fills all that are on the list and empties it. Not cut short by cancellation: a filter filled in part would be of no use to the next run.</summary>
    public void Run(WorkerPool pool)
    {
        if (_panels.Count > 0)
        {
            pool.Run(this, CancellationToken.None);
            _filters.Clear();
            _panels.Clear();
        }
    }

    /// <inheritdoc/>
    public override void Execute(int item, void* scratch)
    {
        var (filter, panel) = _panels[item];
        filter.Fill(panel, scratch);
    }
}
