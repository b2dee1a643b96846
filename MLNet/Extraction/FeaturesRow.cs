using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Extraction;

/// <summary>A single row with its features, computed when they are asked for. Looks into the transformer's cache, and adds nothing to one on the disk.</summary>
internal sealed class FeaturesRow : DataViewRow
{
    private readonly BottleneckFeaturesTransformer _transformer;
    private readonly FeaturesBinding _binding;
    private readonly DataViewRow _input;
    private readonly ImageContentReader? _image;

    public FeaturesRow(BottleneckFeaturesTransformer transformer, FeaturesBinding binding, DataViewRow input, bool hasFeatures)
    {
        _transformer = transformer;
        _binding = binding;
        _input = input;
        _image = hasFeatures ? binding.Reader(input, transformer.Options.ImageFolder) : null;
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema => _binding.Output;

    /// <inheritdoc/>
    public override long Position => _input.Position;

    /// <inheritdoc/>
    public override long Batch => _input.Batch;

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) =>
        column.Index == _binding.FeaturesIndex ? _image is not null : _input.IsColumnActive(_binding.Input[column.Index]);

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index != _binding.FeaturesIndex)
        {
            return _input.GetGetter<TValue>(_binding.Input[column.Index]);
        }

        var image = _image ?? throw FeaturesBinding.NotActive(column);
        var computed = long.MinValue;
        var features = Array.Empty<float>();
        return FeaturesBinding.Typed<TValue>(
            new ValueGetter<VBuffer<float>>((ref VBuffer<float> value) =>
            {
                if (computed != _input.Position)
                {
                    features = _transformer.ComputeOne(image.Read());
                    computed = _input.Position;
                }

                var editor = VBufferEditor.Create(ref value, features.Length);
                features.CopyTo(editor.Values);
                value = editor.Commit();
            }),
            column);
    }

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _input.Dispose();
        }

        base.Dispose(disposing);
    }
}
