using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Elementwise;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Passes;
using MlTransfer.Features.Engines.Managed.Planning.Lowering;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>
/// Plans for given shapes: a kernel for each node that has one, the plain operation for the rest. A node whose inputs' shapes only a run can
/// tell is left for a later stage, and so is all that hangs on it.
/// </summary>
internal sealed unsafe class PlanBuilder
{
    private readonly FlowGraph _graph;
    private readonly Dictionary<FlowTensor, PlanValue> _values = [];
    private readonly List<Step> _steps = [];
    private readonly List<int> _stepEnds = [];
    private int _slots;

    private PlanBuilder(FlowGraph graph, FilterPreparation preparation, LaneWidth width, EngineOptions options)
    {
        _graph = graph;
        Preparation = preparation;
        Width = width;
        Threads = options.Threads;
        Precision = options.Precision;
    }

    /// <summary>Takes the filters that must be filled before the plan runs.</summary>
    public FilterPreparation Preparation { get; }

    /// <summary>Register width of the kernels.</summary>
    public LaneWidth Width { get; }

    /// <summary>Threads that share the work.</summary>
    public int Threads { get; }

    /// <summary>Numbers to compute with.</summary>
    public Precision Precision { get; }

    /// <summary>Plans the nodes that can be.</summary>
    /// <param name="graph">The graph after its passes.</param>
    /// <param name="nodes">Nodes to plan, producers first.</param>
    /// <param name="given">Tensors at hand, with shapes and, where known, values.</param>
    /// <param name="preparation">Takes the filters that must be filled before the plan runs.</param>
    /// <param name="width">Register width of the kernels.</param>
    /// <param name="options">Threads and precision.</param>
    /// <exception cref="OperationException">Shapes do not fit an operation.</exception>
    public static Plan Build(FlowGraph graph, IReadOnlyList<FlowNode> nodes, IReadOnlyList<GivenTensor> given, FilterPreparation preparation, LaneWidth width, EngineOptions options)
    {
        var whole = new PlanBuilder(graph, preparation, width, options);
        var plan = whole.Build(nodes, given, 0);
        var images = given.Where(tensor => tensor.Shape.Rank == 4).Select(tensor => tensor.Shape[0]).FirstOrDefault();
        var parts = images / SegmentBuilder.ImagesInPart(images, options.Threads);
        if (parts < 2 || ImageSegment.Choose(nodes, whole._stepEnds, plan.Steps, images, parts) is not (> 0 and var nodesInSegment))
        {
            return plan;
        }

        return new PlanBuilder(graph, preparation, width, options).Build(nodes, given, nodesInSegment);
    }

    /// <summary>The value of a node's input.</summary>
    public PlanValue Input(FlowNode node, int index) => _values[node.Inputs[index]];

    /// <summary>Declares a node's output to be a value.</summary>
    public void Set(FlowNode node, int output, PlanValue value) => _values[new FlowTensor(node, output)] = value;

    /// <summary>Declares a node's first output to lie in the arena.</summary>
    public void Set(FlowNode node, ArenaValue value) => Set(node, 0, new PlanValue { Type = DataType.Float32, Shape = value.Shape, Arena = value });

    /// <summary>The value of a node's first output.</summary>
    public PlanValue Output(FlowNode node) => _values[new FlowTensor(node, 0)];

    /// <summary>Adds a step.</summary>
    public void Add(Step step) => _steps.Add(step);

    /// <summary>An input as it lies in the arena; copied there if need be.</summary>
    public ArenaValue ToArena(FlowNode node, int input) => ToArena(Input(node, input), node.Name);

    /// <summary>A value as it lies in the arena; copied there if need be.</summary>
    public ArenaValue ToArena(PlanValue value, string name)
    {
        if (value.Arena is null)
        {
            value.Arena = new ArenaValue(value.Shape!.Value);
            Add(new ImportStep(name, ToHost(value, name), value.Arena));
        }

        return value.Arena;
    }

    /// <summary>The value in the arena without gaps between its pixels.</summary>
    public ArenaValue ToDenseArena(FlowNode node, int input)
    {
        var value = ToArena(node, input);
        if (value.IsDense)
        {
            return value;
        }

        var dense = new ArenaValue(value.Shape);
        AddCopy(node.Name, value, dense);
        return dense;
    }

    /// <summary>Adds a copy from one place of the arena to another of the same shape.</summary>
    public void AddCopy(string name, ArenaValue source, ArenaValue target, float low = float.NegativeInfinity, float high = float.PositiveInfinity)
    {
        var work = ElementwiseWork.Create(Width, ElementwiseKind.Copy, source.Pixels, source.Channels, null, null, low, high);
        Add(new WorkStep(name, "copy", work, [source], target, (inputs, output) => (work.Input, work.Output) = (inputs[0], output)));
    }

    /// <summary>Runs a node's plain kernel; the shapes of its results are inferred where they can be.</summary>
    public void AddHost(FlowNode node)
    {
        var shapes = ShapeRules.Infer(node, [.. Enumerable.Range(0, node.Inputs.Count).Select(i => Input(node, i))]);
        var inputs = new int[node.Inputs.Count];
        var constants = new Tensor?[node.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
        {
            constants[i] = Input(node, i).Constant;
            inputs[i] = constants[i] is null ? ToHost(node, i) : -1;
        }

        var outputs = new int[node.OutputTypes.Count];
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = _slots++;
            Set(node, i, new PlanValue { Type = node.OutputTypes[i], Shape = shapes is null ? null : shapes[i], HostSlot = outputs[i] });
        }

        Add(new HostStep(node.Source, inputs, constants, outputs, _graph.Bound.Graph.Producer));
    }

    private int ToHost(FlowNode node, int input) => ToHost(node.Inputs[input]);

    private int ToHost(FlowTensor tensor) => ToHost(_values[tensor], tensor.Node.Name);

    private int ToHost(PlanValue value, string name)
    {
        if (value.HostSlot < 0)
        {
            value.HostSlot = _slots++;
            Add(value.Constant is { } constant ? new ConstantStep(name, constant, value.HostSlot) : new ExportStep(name, value.Arena!, value.HostSlot));
        }

        return value.HostSlot;
    }

    /// <summary>Steps added so far.</summary>
    public int StepCount => _steps.Count;

    /// <summary>Hands on the value of a tensor.</summary>
    public PlanValue? Find(FlowTensor tensor) => _values.GetValueOrDefault(tensor);

    /// <summary>Declares a tensor to be a value.</summary>
    public void Set(FlowTensor tensor, PlanValue value) => _values[tensor] = value;

    /// <summary>Plans.</summary>
    /// <param name="nodes">Nodes to plan.</param>
    /// <param name="given">Tensors at hand.</param>
    /// <param name="nodesInSegment">How many of the nodes run for some images after the others.</param>
    private Plan Build(IReadOnlyList<FlowNode> nodes, IReadOnlyList<GivenTensor> given, int nodesInSegment)
    {
        foreach (var tensor in given)
        {
            _values[tensor.Tensor] = new PlanValue { Type = tensor.Type, Shape = tensor.Shape, Constant = tensor.Constant, HostSlot = _slots++ };
        }

        var remaining = new List<FlowNode>();
        var wanted = _graph.Fetches.ToHashSet();
        var segment = nodesInSegment > 0 ? SegmentBuilder.Begin(this, [.. nodes.Take(nodesInSegment)], given) : null;
        for (var at = 0; at < nodes.Count; at++)
        {
            var node = nodes[at];
            if (node.Constants is { } constants)
            {
                for (var i = 0; i < constants.Length; i++)
                {
                    Set(node, i, new PlanValue { Type = constants[i].Type, Shape = constants[i].Shape, Constant = constants[i] });
                }
            }
            else if (!node.Inputs.TrueForAll(input => _values.TryGetValue(input, out var value) && value.Shape is not null))
            {
                remaining.Add(node);
            }
            else if (!node.Source.IsFeed && !TryFold(node))
            {
                NodeLowering.Lower(this, node);
            }

            if (at + 1 == nodesInSegment)
            {
                segment!.End([.. nodes.Skip(nodesInSegment).SelectMany(later => later.Inputs), .. _graph.Fetches]);
                foreach (var fetch in wanted.Where(fetch => _values.TryGetValue(fetch, out var value) && value.Constant is null))
                {
                    ToHost(fetch);
                }
            }

            for (var i = 0; i < node.OutputTypes.Count && at >= nodesInSegment; i++)
            {
                // Taken out at once, so that the memory is free for what follows.
                var output = new FlowTensor(node, i);
                if (wanted.Contains(output) && _values.TryGetValue(output, out var value) && value.Constant is null)
                {
                    ToHost(output);
                }
            }

            _stepEnds.Add(_steps.Count);
        }

        var results = new List<PlanResult>();
        foreach (var tensor in remaining.SelectMany(node => node.Inputs).Concat(_graph.Fetches).Distinct())
        {
            if (_values.TryGetValue(tensor, out var value))
            {
                results.Add(new PlanResult(tensor, value.Constant, value.Constant is null ? ToHost(tensor) : -1));
            }
        }

        return new Plan(_steps, [.. given.Select(tensor => tensor.Tensor)], results, remaining, _slots, MemoryPlanner.Place(_steps, segment?.Segment)) { Segment = segment?.Segment };
    }

    /// <summary>Computes at once what follows from shapes and constants.</summary>
    private bool TryFold(FlowNode node)
    {
        if (!ConstantFolding.IsRepeatable(node))
        {
            return false;
        }

        var inputs = Enumerable.Range(0, node.Inputs.Count).Select(i => Input(node, i)).ToArray();
        var results = ShapeRules.Evaluate(node, inputs);
        if (results is null)
        {
            if (!Array.TrueForAll(inputs, input => input.Constant is not null))
            {
                return false;
            }

            results = KernelRunner.Run(node.Source, [.. inputs.Select(input => input.Constant!)], _graph.Bound.Graph.Producer, null);
        }

        for (var i = 0; i < results.Length; i++)
        {
            Set(node, i, new PlanValue { Type = results[i].Type, Shape = results[i].Shape, Constant = results[i] });
        }

        return true;
    }
}
