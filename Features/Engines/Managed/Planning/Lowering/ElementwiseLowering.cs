using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Elementwise;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning.Lowering;

/// <summary>Operations on single elements.</summary>
internal static unsafe class ElementwiseLowering
{
    /// <summary>Adds a scale and shift by channel.</summary>
    public static void LowerAffine(PlanBuilder builder, FlowNode node, FusedOperation fused)
    {
        var shape = builder.Input(node, 0).Shape!.Value;
        if (shape.Rank != 4 || shape[3] != fused.Scale.Length)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): the input has shape {shape}; [batch, height, width, {fused.Scale.Length}] is expected");
        }

        var packed = PackedOperation.Of(fused, builder);
        var input = builder.ToArena(node, 0);
        var output = new ArenaValue(shape);
        var work = ElementwiseWork.Create(builder.Width, ElementwiseKind.Affine, input.Pixels, input.Channels, packed.Scale!.Floats, packed.Shift!.Floats, fused.Low, fused.High);
        builder.Add(new WorkStep(node.Name, "affine", work, [input], output, (inputs, target) => (work.Input, work.Output) = (inputs[0], target))
        {
            Operations = 2.0 * shape.Count,
        });
        builder.Set(node, output);
    }

    /// <summary>Adds the sum of two maps, limited.</summary>
    public static void LowerAdd(PlanBuilder builder, FlowNode node, FusedOperation fused)
    {
        var (a, b) = (builder.Input(node, 0).Shape!.Value, builder.Input(node, 1).Shape!.Value);
        if (TryAddBinary(builder, node, ElementwiseKind.Add, fused.Low, fused.High))
        {
            return;
        }

        if (ShapeRules.Broadcast(node, a, b) is null)
        {
            throw new OperationException($"node '{node.Name}' ({node.Op}): shapes {a} and {b} can not be broadcast together");
        }

        builder.AddHost(node);
        if (fused.IsLimited)
        {
            Limit(builder, node, fused);
        }
    }

    /// <summary>Adds a sum whose operands turned out to have different shapes, so that the convolution before could not take it in.</summary>
    /// <param name="builder">The plan.</param>
    /// <param name="node">The convolution; its second input is the other operand.</param>
    /// <param name="product">What the convolution gave.</param>
    /// <param name="fused">The operation.</param>
    public static void AddBroadcast(PlanBuilder builder, FlowNode node, ArenaValue product, FusedOperation fused)
    {
        var other = builder.ToDenseArena(node, 1);
        var shape = ShapeRules.Broadcast(node, product.Shape, other.Shape)
            ?? throw new OperationException($"node '{node.Name}' ({node.Op}): its result {product.Shape} and {other.Shape}, which is added to it, can not be broadcast together");
        var output = new ArenaValue(shape);
        builder.Add(new BroadcastAddStep(node.Name, product, other, output, fused.Low, fused.High));
        builder.Set(node, output);
    }

    /// <summary>Adds a Relu or Relu6.</summary>
    public static bool TryLowerLimit(PlanBuilder builder, FlowNode node)
    {
        var input = builder.ToArena(node, 0);
        var output = new ArenaValue(input.Shape);
        builder.AddCopy(node.Name, input, output, 0, node.Op == "Relu6" ? 6 : float.PositiveInfinity);
        builder.Set(node, output);
        return true;
    }

    /// <summary>Adds a difference, product or quotient of maps that have one shape, or of maps and one pixel an image; false for others.</summary>
    public static bool TryLowerBinary(PlanBuilder builder, FlowNode node) => TryAddBinary(
        builder,
        node,
        node.Op switch
        {
            "Sub" => ElementwiseKind.Subtract,
            "Mul" => ElementwiseKind.Multiply,
            _ => ElementwiseKind.Divide,
        },
        float.NegativeInfinity,
        float.PositiveInfinity);

    private static bool TryAddBinary(PlanBuilder builder, FlowNode node, ElementwiseKind kind, float low, float high)
    {
        var (a, b) = (builder.Input(node, 0).Shape!.Value, builder.Input(node, 1).Shape!.Value);
        var swapped = false;
        var perOther = 1;
        if (a != b)
        {
            // Squeeze-and-excite gates: [N,H,W,C] with [N,1,1,C], on either side where the order does not matter.
            swapped = IsGate(b, a) && kind is ElementwiseKind.Add or ElementwiseKind.Multiply;
            if (!swapped && !IsGate(a, b))
            {
                return false;
            }

            swapped = !IsGate(a, b);
            var map = swapped ? b : a;
            perOther = map[1] * map[2];
            if (perOther == 0)
            {
                return false;
            }
        }

        var (x, y) = (builder.ToArena(node, swapped ? 1 : 0), builder.ToArena(node, swapped ? 0 : 1));
        var output = new ArenaValue(x.Shape);
        var work = ElementwiseWork.Create(builder.Width, kind, x.Pixels, x.Channels, null, null, low, high);
        work.PixelsPerOther = perOther;
        builder.Add(new WorkStep(node.Name, "elementwise", work, [x, y], output, (inputs, target) => (work.Input, work.Other, work.Output) = (inputs[0], inputs[1], target))
        {
            Operations = x.Shape.Count,
        });
        builder.Set(node, output);
        return true;
    }

    private static bool IsGate(TensorShape map, TensorShape gate) =>
        map.Rank == 4 && gate.Rank == 4 && gate[0] == map[0] && gate[1] == 1 && gate[2] == 1 && gate[3] == map[3];

    private static void Limit(PlanBuilder builder, FlowNode node, FusedOperation fused)
    {
        var result = builder.Output(node);
        var source = builder.ToArena(result, node.Name);
        var output = new ArenaValue(source.Shape);
        builder.AddCopy(node.Name, source, output, fused.Low, fused.High);
        builder.Set(node, output);
    }
}
