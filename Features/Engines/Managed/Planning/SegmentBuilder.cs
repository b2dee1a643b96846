using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Plans the nodes of an <see cref="ImageSegment"/>: for their time, the values that a plan begins with are some of its images.</summary>
internal sealed class SegmentBuilder
{
    private readonly PlanBuilder _builder;
    private readonly IReadOnlyList<FlowNode> _nodes;
    private readonly Dictionary<FlowTensor, PlanValue> _given = [];
    private readonly List<ArenaValue> _parts = [];
    private readonly int _firstStep;
    private readonly int _images;
    private readonly int _imagesInPart;

    private SegmentBuilder(PlanBuilder builder, IReadOnlyList<FlowNode> nodes, IReadOnlyList<GivenTensor> given)
    {
        _builder = builder;
        _nodes = nodes;
        _images = given.First(tensor => tensor.Shape.Rank == 4).Shape[0];
        _imagesInPart = ImagesInPart(_images, builder.Threads);
        var used = nodes.SelectMany(node => node.Inputs).ToHashSet();
        foreach (var tensor in given.Where(tensor => used.Contains(tensor.Tensor) && tensor.Constant is null))
        {
            var whole = builder.Find(tensor.Tensor)!;
            _given.Add(tensor.Tensor, whole);
            var part = new ArenaValue(Batch(tensor.Shape, _imagesInPart));
            part.PlaceInBatch(builder.ToArena(whole, tensor.Tensor.Node.Name));
            _parts.Add(part);
            builder.Set(tensor.Tensor, Value(part));
        }

        _firstStep = builder.StepCount;
    }

    /// <summary>What came of it, once it has ended.</summary>
    public ImageSegment? Segment { get; private set; }

    /// <summary>Images to run together: one a thread where the batch can be divided so.</summary>
    public static int ImagesInPart(int images, int threads)
    {
        var part = Math.Clamp(threads, 1, Math.Max(images, 1));
        while (images % part != 0)
        {
            part--;
        }

        return part;
    }

    /// <summary>Begins the segment.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="nodes">The segment's nodes.</param>
    /// <param name="given">Tensors that the plan begins with.</param>
    public static SegmentBuilder Begin(PlanBuilder builder, IReadOnlyList<FlowNode> nodes, IReadOnlyList<GivenTensor> given) => new(builder, nodes, given);

    /// <summary>Ends the segment: what is needed of it becomes part of values of the whole batch.</summary>
    /// <param name="needed">Tensors that are used later, and others.</param>
    public void End(IReadOnlyList<FlowTensor> needed)
    {
        var nodes = _nodes.ToHashSet();
        foreach (var tensor in needed.Distinct().Where(tensor => nodes.Contains(tensor.Node)))
        {
            if (_builder.Find(tensor) is not { Arena: { } part })
            {
                continue;
            }

            var whole = new ArenaValue(Batch(part.Shape, _images));
            if (!part.CanBecomeSlice)
            {
                var copy = new ArenaValue(part.Shape);
                _builder.AddCopy(tensor.Node.Name, part, copy);
                part = copy;
            }

            part.PlaceInBatch(whole);
            _parts.Add(part);
            _builder.Set(tensor, Value(whole));
        }

        foreach (var (tensor, value) in _given)
        {
            _builder.Set(tensor, value);
        }

        Segment = new ImageSegment(_firstStep, _builder.StepCount, _images / _imagesInPart, _parts);
    }

    private static TensorShape Batch(TensorShape shape, int images) => new([images, .. shape.Extents[1..]]);

    private static PlanValue Value(ArenaValue value) => new() { Type = DataType.Float32, Shape = value.Shape, Arena = value };
}
