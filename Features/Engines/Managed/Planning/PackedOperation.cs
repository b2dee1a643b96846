using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Depthwise;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Engines.Managed.Kernels.Winograd;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>A fused operation's weights, scale and shift in the form that kernels read. Shared by all plans of a session.</summary>
internal sealed unsafe class PackedOperation : IDisposable
{
    private readonly Dictionary<int, PackedFilter[]> _groups = [];
    private readonly Dictionary<(int Groups, int Group, WinogradScheme Scheme), WinogradFilter> _transformed = [];

    private PackedOperation(PackedFilter[] filters, DepthwiseFilter? depthwise, NativeBuffer? scale, NativeBuffer? shift, NativeBuffer? zeros)
    {
        _groups.Add(filters.Length, filters);
        Depthwise = depthwise;
        Scale = scale;
        Shift = shift;
        Zeros = zeros;
    }

    private IEnumerable<PackedFilter> AllFilters => _groups.Values.SelectMany(filters => filters);

    /// <summary>For a depthwise convolution, its filter.</summary>
    public DepthwiseFilter? Depthwise { get; }

    /// <summary>For Affine, the factors.</summary>
    public NativeBuffer? Scale { get; }

    /// <summary>For Affine, the summands.</summary>
    public NativeBuffer? Shift { get; }

    /// <summary>For a convolution, as many zeros as a tap reads.</summary>
    public NativeBuffer? Zeros { get; }

    /// <summary>Bytes held.</summary>
    public long Bytes => AllFilters.Sum(filter => filter.Bytes) + (Depthwise?.Bytes ?? 0) + (Scale?.Bytes ?? 0) + (Shift?.Bytes ?? 0) + (Zeros?.Bytes ?? 0)
        + _transformed.Values.Sum(filter => filter.Bytes);

    /// <summary>Packs once; later calls give what the first made. The graph's own weights are then given up.</summary>
    /// <param name="fused">The operation.</param>
    /// <param name="width">Register width of the kernels.</param>
    /// <param name="groups">For a convolution, groups of channels.</param>
    public static PackedOperation Of(FusedOperation fused, LaneWidth width, int groups)
    {
        fused.Packed ??= Pack(fused, width, groups);
        fused.Weights = null;
        return fused.Packed;
    }

    /// <summary>For a convolution, a filter for each group of channels; for a matrix product, of which there is one group, one.</summary>
    /// <remarks>One graph may be fed inputs of different channel counts, hence of different numbers of groups.</remarks>
    public IReadOnlyList<PackedFilter> Filters(int groups)
    {
        if (!_groups.TryGetValue(groups, out var filters))
        {
            var (known, packed) = _groups.First();
            var outChannels = packed[0].OutChannels * known;
            var products = packed[0].Products;
            var weights = new float[products * outChannels];
            var bias = new float[outChannels];
            for (var group = 0; group < known; group++)
            {
                packed[group].CopyTo(weights, bias, group * packed[group].OutChannels, outChannels);
            }

            _groups.Add(groups, filters = PackGroups(weights, [], bias, products, outChannels, groups, packed[0].PanelWidth));
        }

        return filters;
    }

    /// <summary>The filter of one group of channels, transformed for a scheme; made when first asked for.</summary>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="group">Which of them.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="inChannels">Input channels of a group.</param>
    public WinogradFilter Transformed(int groups, int group, WinogradScheme scheme, int inChannels)
    {
        if (!_transformed.TryGetValue((groups, group, scheme), out var filter))
        {
            _transformed.Add((groups, group, scheme), filter = WinogradKernels.Transform(scheme, Filters(groups)[group], inChannels));
        }

        return filter;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var filter in _transformed.Values)
        {
            filter.Dispose();
        }

        foreach (var filter in AllFilters)
        {
            filter.Dispose();
        }

        Depthwise?.Dispose();
        Scale?.Dispose();
        Shift?.Dispose();
        Zeros?.Dispose();
    }

    private static PackedOperation Pack(FusedOperation fused, LaneWidth width, int groups)
    {
        var scale = Array.ConvertAll(fused.Scale, value => (float)value);
        var shift = Array.ConvertAll(fused.Shift, value => (float)value);
        var weights = fused.Weights is { } tensor ? (ReadOnlySpan<float>)tensor.AsSpan<float>() : [];
        var shape = fused.WeightShape;
        var panel = ConvolutionKernels.PanelWidth(width);
        switch (fused.Kind)
        {
            case FusedKind.Convolution:
                var products = shape[0] * shape[1] * shape[2];
                var filters = PackGroups(weights, scale, shift, products, shape[3], groups, panel);
                return new PackedOperation(filters, null, null, null, NativeBuffer.OfZeros(shape[1] * shape[2]));
            case FusedKind.Depthwise:
                return new PackedOperation([], new DepthwiseFilter(weights, scale, shift, shape[3], scale.Length), null, null, null);
            case FusedKind.Matrix:
                var depth = shape[fused.TransposeWeights ? 1 : 0];
                var matrix = fused.TransposeWeights ? Transpose(weights, shape[0], shape[1]) : weights;
                return new PackedOperation([new PackedFilter(matrix, scale, shift, depth, scale.Length, panel)], null, null, null, NativeBuffer.OfZeros(depth));
            default:
                return new PackedOperation([], null, NativeBuffer.Of(scale), NativeBuffer.Of(shift), null);
        }
    }

    private static PackedFilter[] PackGroups(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> scale, ReadOnlySpan<float> shift, int products, int outChannels, int groups, int panel)
    {
        var perGroup = outChannels / groups;
        var filters = new PackedFilter[groups];
        for (var group = 0; group < groups; group++)
        {
            var first = group * perGroup;
            var part = groups == 1 ? weights : Columns(weights, outChannels, first, first + perGroup);
            filters[group] = new PackedFilter(part, scale.IsEmpty ? [] : scale.Slice(first, perGroup), shift.Slice(first, perGroup), products, perGroup, panel);
        }

        return filters;
    }

    private static float[] Columns(ReadOnlySpan<float> matrix, int columns, int first, int end)
    {
        var rows = matrix.Length / columns;
        var part = new float[rows * (end - first)];
        for (var row = 0; row < rows; row++)
        {
            matrix.Slice((row * columns) + first, end - first).CopyTo(part.AsSpan(row * (end - first)));
        }

        return part;
    }

    private static float[] Transpose(ReadOnlySpan<float> matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = matrix[(row * columns) + column];
            }
        }

        return result;
    }
}
