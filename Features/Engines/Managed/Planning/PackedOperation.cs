using MlTransfer.Features.Engines.Managed.Flow;
using MlTransfer.Features.Engines.Managed.Kernels.Convolution;
using MlTransfer.Features.Engines.Managed.Kernels.Depthwise;
using MlTransfer.Features.Engines.Managed.Kernels.Quantized;
using MlTransfer.Features.Engines.Managed.Kernels.Strassen;
using MlTransfer.Features.Engines.Managed.Kernels.Weights;
using MlTransfer.Features.Engines.Managed.Kernels.Winograd;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>A fused operation's weights, scale and shift in the form that kernels read. Shared by all plans of a session.</summary>
/// <remarks>
/// Filters are made when a plan first asks for them and filled by all threads before it runs. Floats that are packed as they are, which can
/// be read back, are given up; bytes, and floats of which only transformed filters are made, are kept for plans of other shapes.
/// </remarks>
internal sealed unsafe class PackedOperation : IDisposable
{
    private readonly Dictionary<int, PackedFilter[]> _groups = [];
    private readonly Dictionary<(int Groups, int Group, WinogradScheme Scheme), WinogradFilter> _transformed = [];
    private readonly Dictionary<(int Groups, int Group), QuantizedFilter> _quantized = [];
    private readonly Dictionary<(int Groups, int Group), StrassenFilter> _paired = [];
    private readonly FilterPreparation _preparation;
    private readonly float[] _shift;
    private readonly int _panelWidth;
    private WeightMatrix? _matrix;

    private PackedOperation(WeightMatrix? matrix, float[] shift, int panelWidth, FilterPreparation preparation)
    {
        _matrix = matrix;
        _shift = shift;
        _panelWidth = panelWidth;
        _preparation = preparation;
    }

    private IEnumerable<PackedFilter> AllFilters => _groups.Values.SelectMany(filters => filters);

    /// <summary>For a depthwise convolution, its filter.</summary>
    public DepthwiseFilter? Depthwise { get; private init; }

    /// <summary>For Affine, the factors.</summary>
    public NativeBuffer? Scale { get; private init; }

    /// <summary>For Affine, the summands.</summary>
    public NativeBuffer? Shift { get; private init; }

    /// <summary>For a convolution, as many zeros as a tap reads.</summary>
    public NativeBuffer? Zeros { get; private init; }

    /// <summary>Bytes held.</summary>
    public long Bytes => AllFilters.Sum(filter => filter.Bytes) + (Depthwise?.Bytes ?? 0) + (Scale?.Bytes ?? 0) + (Shift?.Bytes ?? 0) + (Zeros?.Bytes ?? 0)
        + _transformed.Values.Sum(filter => filter.Bytes) + _quantized.Values.Sum(filter => filter.Bytes) + _paired.Values.Sum(filter => filter.Bytes);

    /// <summary>Makes it once; later calls give what the first made.</summary>
    /// <param name="fused">The operation.</param>
    /// <param name="builder">The plan that asks.</param>
    public static PackedOperation Of(FusedOperation fused, PlanBuilder builder)
    {
        fused.Packed ??= Create(fused, ConvolutionKernels.PanelWidth(builder.Width), builder.Preparation);
        fused.Weights = null;
        return fused.Packed;
    }

    /// <summary>For a convolution, a filter for each group of channels; for a matrix product, of which there is one group, one.</summary>
    /// <remarks>One graph may be fed inputs of different channel counts, hence of different numbers of groups.</remarks>
    public IReadOnlyList<PackedFilter> Filters(int groups)
    {
        if (!_groups.TryGetValue(groups, out var filters))
        {
            filters = new PackedFilter[groups];
            for (var group = 0; group < groups; group++)
            {
                var (source, shift) = Part(groups, group);
                filters[group] = new PackedFilter(source, shift.Span, _panelWidth);
                _preparation.Add(filters[group]);
            }

            _groups.Add(groups, filters);
            _matrix = groups == 1 && _matrix is { IsCoded: false } ? null : _matrix;
        }

        return filters;
    }

    /// <summary>The filter of one group of channels, transformed for a scheme.</summary>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="group">Which of them.</param>
    /// <param name="scheme">The scheme.</param>
    /// <param name="inChannels">Input channels of a group.</param>
    public WinogradFilter Transformed(int groups, int group, WinogradScheme scheme, int inChannels) =>
        Made(_transformed, (groups, group, scheme), groups, group, (source, shift) => WinogradKernels.CreateFilter(scheme, source, shift.Span, inChannels, _panelWidth));

    /// <summary>The filter of one group of channels of a 1×1 convolution, for a step of Strassen's algorithm.</summary>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="group">Which of them.</param>
    public StrassenFilter Paired(int groups, int group) =>
        Made(_paired, (groups, group), groups, group, (source, shift) => new StrassenFilter(source, shift.Span, _panelWidth));

    /// <summary>The filter of one group of channels in integers.</summary>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="group">Which of them.</param>
    /// <param name="panelWidth">Columns of the integer tiles.</param>
    public QuantizedFilter Quantized(int groups, int group, int panelWidth) =>
        Made(_quantized, (groups, group), groups, group, (source, shift) => new QuantizedFilter(source, shift.Span, panelWidth));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var filter in AllFilters.Concat<IDisposable>(_transformed.Values).Concat(_paired.Values).Concat(_quantized.Values))
        {
            filter.Dispose();
        }

        Depthwise?.Dispose();
        Scale?.Dispose();
        Shift?.Dispose();
        Zeros?.Dispose();
    }

    private static PackedOperation Create(FusedOperation fused, int panelWidth, FilterPreparation preparation)
    {
        var scale = Array.ConvertAll(fused.Scale, value => (float)value);
        var shift = Array.ConvertAll(fused.Shift, value => (float)value);
        var shape = fused.WeightShape;
        switch (fused.Kind)
        {
            case FusedKind.Convolution:
                var products = shape[0] * shape[1] * shape[2];
                return new PackedOperation(WeightMatrix.Of(fused.Weights!, scale, products, shape[3]), shift, panelWidth, preparation)
                {
                    Zeros = NativeBuffer.OfZeros(shape[1] * shape[2]),
                };
            case FusedKind.Depthwise:
                return new PackedOperation(null, shift, panelWidth, preparation)
                {
                    Depthwise = new DepthwiseFilter(fused.Weights!.Floats.AsSpan<float>(), scale, shift, shape[3], scale.Length),
                };
            case FusedKind.Matrix:
                var depth = shape[fused.TransposeWeights ? 1 : 0];
                return new PackedOperation(WeightMatrix.Of(fused.Weights!, scale, depth, scale.Length, fused.TransposeWeights), shift, panelWidth, preparation)
                {
                    Zeros = NativeBuffer.OfZeros(depth),
                };
            default:
                return new PackedOperation(null, shift, panelWidth, preparation) { Scale = NativeBuffer.Of(scale), Shift = NativeBuffer.Of(shift) };
        }
    }

    /// <summary>The filter of one group of channels in some form, made when first asked for.</summary>
    private TFilter Made<TKey, TFilter>(Dictionary<TKey, TFilter> made, TKey key, int groups, int group, Func<WeightMatrix, ReadOnlyMemory<float>, TFilter> make)
        where TKey : notnull
        where TFilter : IPanelFilter
    {
        if (!made.TryGetValue(key, out var filter))
        {
            var (source, shift) = Part(groups, group);
            filter = make(source, shift);
            _preparation.Add(filter);
            made.Add(key, filter);
        }

        return filter;
    }

    private (WeightMatrix Source, ReadOnlyMemory<float> Shift) Part(int groups, int group)
    {
        var matrix = _matrix ?? _groups[1][0].Unpack();
        var perGroup = matrix.Columns / groups;
        return (matrix.Slice(group * perGroup, perGroup), _shift.AsMemory(group * perGroup, perGroup));
    }
}
