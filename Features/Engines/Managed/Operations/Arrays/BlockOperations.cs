using MlTransfer.Features.Tensors;
using static MlTransfer.Features.Engines.Managed.Operations.OperationDefinition;

namespace MlTransfer.Features.Engines.Managed.Operations.Arrays;

/// <summary>Operations that move blocks of space into batch or depth and back.</summary>
/// <remarks>Source: TensorFlow, core/ops/array_ops.cc.</remarks>
internal static class BlockOperations
{
    private const string IndexType = "{int32, int64} = int32";

    public static IReadOnlyList<OperationDefinition> Definitions { get; } =
    [
        Define("SpaceToBatch(input: T, paddings: Tpaddings) -> (output: T)", ["T: type", $"Tpaddings: {IndexType}", "block_size: int"], context => SpaceToBatch(context, Square(context), 1)),
        Define(
            "SpaceToBatchND(input: T, block_shape: Tblock_shape, paddings: Tpaddings) -> (output: T)",
            ["T: type", $"Tblock_shape: {IndexType}", $"Tpaddings: {IndexType}"],
            context => SpaceToBatch(context, context.IntValues(1), 2)),
        Define("BatchToSpace(input: T, crops: Tidx) -> (output: T)", ["T: type", "block_size: int", $"Tidx: {IndexType}"], context => BatchToSpace(context, Square(context), 1)),
        Define(
            "BatchToSpaceND(input: T, block_shape: Tblock_shape, crops: Tcrops) -> (output: T)",
            ["T: type", $"Tblock_shape: {IndexType}", $"Tcrops: {IndexType}"],
            context => BatchToSpace(context, context.IntValues(1), 2)),
        Define("SpaceToDepth(input: T) -> (output: T)", ["T: type", "block_size: int", "data_format: {'NHWC', 'NCHW'} = 'NHWC'"], SpaceToDepth),
        Define("DepthToSpace(input: T) -> (output: T)", ["T: type", "block_size: int", "data_format: {'NHWC', 'NCHW'} = 'NHWC'"], DepthToSpace),
    ];

    private static long[] Square(OperationContext context) => [context.Int("block_size"), context.Int("block_size")];

    private static Tensor[] SpaceToBatch(OperationContext context, long[] blocks, int paddings)
    {
        var tensor = context.Inputs[0];
        CheckBlocks(context, blocks, tensor.Shape);
        var (before, after) = SliceOperations.ReadMargins(context, paddings, blocks.Length);
        var rank = tensor.Shape.Rank;
        var padded = Array.ConvertAll(tensor.Shape.ToArray(), extent => (long)extent);
        var offsets = new int[rank];
        for (var i = 0; i < blocks.Length; i++)
        {
            padded[i + 1] += (long)before[i] + after[i];
            offsets[i + 1] = before[i];
            if (padded[i + 1] % blocks[i] != 0)
            {
                throw context.Fail($"dimension {i + 1} has {padded[i + 1]} cells with its margins; a multiple of the block {blocks[i]} is expected");
            }
        }

        // [n, h/b, b, w/b, b, …] → [b, b, n, h/b, w/b, …]
        var whole = Arrangement.Place(tensor, context.Shape(padded), offsets, null);
        List<long> split = [padded[0]];
        List<int> order = [.. Enumerable.Range(0, blocks.Length).Select(i => (2 * i) + 2), 0, .. Enumerable.Range(0, blocks.Length).Select(i => (2 * i) + 1)];
        List<long> result = [padded[0] * Product(blocks)];
        for (var i = 0; i < blocks.Length; i++)
        {
            split.AddRange([padded[i + 1] / blocks[i], blocks[i]]);
            result.Add(padded[i + 1] / blocks[i]);
        }

        AddRest(split, order, result, padded, blocks.Length + 1);
        return [Arrangement.Transpose(whole.Reshape(context.Shape([.. split])), [.. order]).Reshape(context.Shape([.. result]))];
    }

    private static Tensor[] BatchToSpace(OperationContext context, long[] blocks, int cropsInput)
    {
        var tensor = context.Inputs[0];
        CheckBlocks(context, blocks, tensor.Shape);
        var (before, after) = SliceOperations.ReadMargins(context, cropsInput, blocks.Length);
        var extents = Array.ConvertAll(tensor.Shape.ToArray(), extent => (long)extent);
        var product = Product(blocks);
        if (extents[0] % product != 0)
        {
            throw context.Fail($"the batch of {extents[0]} is not a multiple of the block's {product} cells");
        }

        // [b, b, n, h, w, …] → [n, h, b, w, b, …]
        var count = blocks.Length;
        List<long> split = [.. blocks, extents[0] / product];
        List<int> order = [count];
        List<long> result = [extents[0] / product];
        for (var i = 0; i < count; i++)
        {
            split.Add(extents[i + 1]);
            order.AddRange([count + 1 + i, i]);
            result.Add(extents[i + 1] * blocks[i]);
        }

        AddRest(split, order, result, extents, count + 1);
        var whole = Arrangement.Transpose(tensor.Reshape(context.Shape([.. split])), [.. order]).Reshape(context.Shape([.. result]));
        var begins = new int[whole.Shape.Rank];
        var sizes = whole.Shape.ToArray();
        for (var i = 0; i < count; i++)
        {
            begins[i + 1] = before[i];
            sizes[i + 1] = (long)before[i] + after[i] <= sizes[i + 1]
                ? sizes[i + 1] - before[i] - after[i]
                : throw context.Fail($"dimension {i + 1} has {sizes[i + 1]} cells; {before[i]} and {after[i]} can not be cropped");
        }

        return [Arrangement.Slice(whole, begins, sizes)];
    }

    private static void AddRest(List<long> split, List<int> order, List<long> result, long[] extents, int from)
    {
        foreach (var extent in extents.Skip(from))
        {
            order.Add(split.Count);
            split.Add(extent);
            result.Add(extent);
        }
    }

    private static void CheckBlocks(OperationContext context, long[] blocks, TensorShape shape)
    {
        if (shape.Rank < blocks.Length + 1 || blocks.Any(block => block is < 1 or > 65536) || Product(blocks) is < 1 or > int.MaxValue)
        {
            throw context.Fail($"blocks of [{string.Join(",", blocks)}] do not fit shape {shape}: each must be at least 1, for a dimension after the batch");
        }
    }

    private static long Product(long[] values) => values.Aggregate(1L, (product, value) => Math.Min(int.MaxValue + 1L, product) * value);

    private static (int Block, bool ChannelsFirst) ReadBlock(OperationContext context)
    {
        var block = context.Int("block_size");
        return context.Inputs[0].Shape.Rank == 4 && block is >= 2 and <= 65536
            ? ((int)block, context.Text("data_format") == "NCHW")
            : throw context.Fail($"block_size {block} and an input of shape {context.Inputs[0].Shape} are given; at least 2 and four dimensions are expected");
    }

    private static Tensor[] SpaceToDepth(OperationContext context)
    {
        var (b, channelsFirst) = ReadBlock(context);
        var s = context.Inputs[0].Shape;
        var (h, w, c) = channelsFirst ? (s[2], s[3], s[1]) : (s[1], s[2], s[3]);
        if (h % b != 0 || w % b != 0)
        {
            throw context.Fail($"height {h} and width {w} are not multiples of block_size {b}");
        }

        return [channelsFirst
            ? Arrangement.Transpose(context.Inputs[0].Reshape(new TensorShape(s[0], c, h / b, b, w / b, b)), 0, 3, 5, 1, 2, 4).Reshape(context.Shape(s[0], (long)c * b * b, h / b, w / b))
            : Arrangement.Transpose(context.Inputs[0].Reshape(new TensorShape(s[0], h / b, b, w / b, b, c)), 0, 1, 3, 2, 4, 5).Reshape(context.Shape(s[0], h / b, w / b, (long)c * b * b))];
    }

    private static Tensor[] DepthToSpace(OperationContext context)
    {
        var (b, channelsFirst) = ReadBlock(context);
        var s = context.Inputs[0].Shape;
        var (h, w, c) = channelsFirst ? (s[2], s[3], s[1]) : (s[1], s[2], s[3]);
        if (c % ((long)b * b) != 0)
        {
            throw context.Fail($"{c} channels are not a multiple of block_size {b} squared");
        }

        var depth = c / (b * b);
        return [channelsFirst
            ? Arrangement.Transpose(context.Inputs[0].Reshape(new TensorShape(s[0], b, b, depth, h, w)), 0, 3, 4, 1, 5, 2).Reshape(context.Shape(s[0], depth, (long)h * b, (long)w * b))
            : Arrangement.Transpose(context.Inputs[0].Reshape(new TensorShape(s[0], h, w, b, b, depth)), 0, 1, 3, 2, 4, 5).Reshape(context.Shape(s[0], (long)h * b, (long)w * b, depth))];
    }
}
