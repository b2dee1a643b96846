using System.Diagnostics;
using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Memory;
using MlTransfer.Features.Engines.Managed.Planning;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Engines.Managed.Threading;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed;

/// <summary>A compiled graph. Any thread may run it; runs are executed one after the other. Disposing frees its memory and threads.</summary>
public sealed class ManagedSession : IGraphSession
{
    private readonly BoundGraph _bound;
    private readonly FlowGraph? _flow;
    private readonly ReferenceSession? _plain;
    private readonly LaneWidth _width;
    private readonly EngineOptions _options;
    private readonly Lock _lock = new();
    private readonly PlanCache _plans = new();
    private readonly FilterPreparation _preparation = new();
    private WorkerPool? _pool;
    private NativeBuffer? _arena;
    private int _arenaVersion;
    private bool _disposed;

    internal ManagedSession(BoundGraph bound, FlowGraph? flow, LaneWidth width, EngineOptions options)
    {
        _bound = bound;
        _flow = flow;
        _width = width;
        _options = options;
        _plain = flow is null ? new ReferenceSession(bound) : null;
    }

    /// <summary>Bytes held outside the garbage collector's heap: packed weights and the arena.</summary>
    public long NativeBytes
    {
        get
        {
            lock (_lock)
            {
                return (_arena?.Bytes ?? 0) + (_flow?.Nodes.Sum(node => node.Fused?.Packed?.Bytes ?? 0) ?? 0);
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(feeds);
        _bound.CheckFeeds(feeds);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _plain is not null ? _plain.Run(feeds, cancellation) : Execute(feeds, null, cancellation);
        }
    }

    /// <summary>Runs several times and tells what each step took.</summary>
    /// <param name="feeds">A value for each feed.</param>
    /// <param name="rounds">How many times, at least 1, after one that is not counted.</param>
    /// <param name="cancellation">Stops between operations.</param>
    /// <returns>Steps in order, each with the least time of the rounds; of a graph that is run by the plain kernels alone, its nodes.</returns>
    public IReadOnlyList<StepTime> Profile(IReadOnlyList<Tensor> feeds, int rounds = 5, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(feeds);
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        Run(feeds, cancellation);
        var best = new List<StepTime>();
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            for (var round = 0; round < rounds; round++)
            {
                var times = new List<StepTime>();
                if (_plain is not null)
                {
                    _plain.Run(feeds, times, cancellation);
                }
                else
                {
                    Execute(feeds, times, cancellation);
                }

                // Random numbers may send a run through other nodes than the last.
                best = times.Count != best.Count ? times : [.. best.Zip(times, (a, b) => a.Milliseconds <= b.Milliseconds ? a : b)];
            }
        }

        return best;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _pool?.Dispose();
            _arena?.Dispose();
            foreach (var node in _flow?.Nodes ?? [])
            {
                node.Fused?.Packed?.Dispose();
            }
        }
    }

    private List<Tensor> Execute(IReadOnlyList<Tensor> feeds, List<StepTime>? times, CancellationToken cancellation)
    {
        var flow = _flow!;
        _pool ??= new WorkerPool(_options.Threads);
        var values = new Dictionary<FlowTensor, Tensor>();
        var constants = new HashSet<FlowTensor>();
        var given = new List<GivenTensor>();
        foreach (var node in flow.Nodes.Where(node => node.Source.IsFeed))
        {
            var (tensor, value) = (new FlowTensor(node, 0), feeds[node.Source.Feed]);
            values.Add(tensor, value);
            given.Add(new GivenTensor(tensor, value.Type, value.Shape, null));
        }

        var (cache, nodes) = (_plans, (IReadOnlyList<FlowNode>)flow.Nodes);
        while (true)
        {
            var (plan, next) = cache.Get(given.Select(tensor => tensor.Shape), () => BuildPlan(flow, nodes, given));
            RunPlan(plan, values, constants, times, cancellation);
            if (plan.Remaining.Count == 0)
            {
                break;
            }

            (cache, nodes) = (next, plan.Remaining);
            given = [.. plan.Results.Select(result => new GivenTensor(result.Tensor, values[result.Tensor].Type, values[result.Tensor].Shape, result.Constant))];
        }

        return [.. flow.Fetches.Select(fetch => constants.Contains(fetch) ? Copy(values[fetch]) : values[fetch])];
    }

    /// <summary>Plans, and fills the filters that no plan before has asked for.</summary>
    private Plan BuildPlan(FlowGraph flow, IReadOnlyList<FlowNode> nodes, IReadOnlyList<GivenTensor> given)
    {
        var plan = PlanBuilder.Build(flow, nodes, given, _preparation, _width, _options);
        _preparation.Run(_pool!);
        return plan;
    }

    private void RunPlan(Plan plan, Dictionary<FlowTensor, Tensor> values, HashSet<FlowTensor> constants, List<StepTime>? times, CancellationToken cancellation)
    {
        Bind(plan);
        var state = new RunState(new Tensor?[plan.Slots], _pool!, cancellation);
        for (var i = 0; i < plan.Given.Count; i++)
        {
            state.Host[i] = values[plan.Given[i]];
        }

        var clock = times is null ? null : new double[plan.Steps.Count];
        var next = 0;
        if (plan.Segment is { } segment)
        {
            RunSteps(plan, 0, segment.FirstStep, state, clock);
            for (var part = 0; part < segment.Parts; part++)
            {
                segment.Take(part, plan.Steps, _arena!);
                RunSteps(plan, segment.FirstStep, segment.EndStep, state, clock);
            }

            next = segment.EndStep;
        }

        RunSteps(plan, next, plan.Steps.Count, state, clock);
        for (var i = 0; i < plan.Steps.Count && times is not null; i++)
        {
            var step = plan.Steps[i];
            var runs = plan.Segment is { } repeated && i >= repeated.FirstStep && i < repeated.EndStep ? repeated.Parts : 1;
            times.Add(TimeOf(step, state, clock![i], runs));
        }

        foreach (var result in plan.Results)
        {
            values[result.Tensor] = result.Constant ?? state.Host[result.Slot]!;
            if (result.Constant is not null)
            {
                constants.Add(result.Tensor);
            }
        }
    }

    /// <summary>Runs neighbouring steps and adds what each takes to a clock.</summary>
    private static void RunSteps(Plan plan, int first, int end, RunState state, double[]? clock)
    {
        for (var i = first; i < end; i++)
        {
            state.Cancellation.ThrowIfCancellationRequested();
            var begun = Stopwatch.GetTimestamp();
            plan.Steps[i].Run(state);
            if (clock is not null)
            {
                clock[i] += Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        }
    }

    private static StepTime TimeOf(Step step, RunState state, double milliseconds, int runs) =>
        new(step.Name, step.Kernel, step.ResultShape(state)?.ToString() ?? string.Empty, milliseconds, step.Operations * runs)
        {
            Layer = step.Layer,
            ComputedOperations = (step.ComputedOperations ?? step.Operations) * runs,
            Bytes = step.Bytes(state) * runs,
        };

    /// <summary>Makes the arena large enough for a plan and tells its steps where it lies.</summary>
    private void Bind(Plan plan)
    {
        var bytes = plan.ArenaFloats * sizeof(float);
        if (_arena is null || _arena.Bytes < bytes)
        {
            _arena?.Dispose();
            _arena = new NativeBuffer(bytes);
            _arenaVersion++;
        }

        if (plan.BoundTo != _arenaVersion)
        {
            foreach (var step in plan.Steps)
            {
                step.Bind(_arena);
            }

            plan.BoundTo = _arenaVersion;
        }
    }

    /// <summary>A result is the caller's to keep and change; a constant must not change with it.</summary>
    private static Tensor Copy(Tensor constant) => Tensor.From(constant.Type, constant.Shape, (Array)constant.Storage.Clone());
}
