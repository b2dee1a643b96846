using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Extraction;

/// <summary>A features column bound to the schema of some data: all input columns keep their places, the new one comes behind.</summary>
internal sealed class FeaturesBinding
{
    private readonly DataViewSchema.Column _image;
    private readonly DataViewSchema.Column? _label;
    private readonly ImageColumnKind _kind;

    /// <exception cref="ArgumentException">The image column is missing or holds no images.</exception>
    public FeaturesBinding(BottleneckFeaturesTransformer transformer, DataViewSchema input)
    {
        _kind = ImageColumn.KindIn(input, transformer.ImageColumnName, transformer.Computer.Backbone);
        _image = input[transformer.ImageColumnName];
        // The label is for the names in a cache on the disk only.
        _label = transformer.Options.CacheFolder is null ? null : ImageContentReader.UsableLabel(input, transformer.Options.LabelColumn);
        Input = input;
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(input);
        builder.AddColumn(
            transformer.OutputColumnName,
            new VectorDataViewType(NumberDataViewType.Single, transformer.Computer.Key.Dimension),
            FeatureAnnotations.Of(transformer.Computer.Key));
        Output = builder.ToSchema();
        FeaturesIndex = input.Count;
    }

    public DataViewSchema Input { get; }

    public DataViewSchema Output { get; }

    /// <summary>Index of the new column.</summary>
    public int FeaturesIndex { get; }

    /// <summary>Input columns that the features need.</summary>
    public IEnumerable<DataViewSchema.Column> Dependencies => _label is { } label ? [_image, label] : [_image];

    /// <summary>The columns of the input among some of the output.</summary>
    public IEnumerable<DataViewSchema.Column> InputColumns(IEnumerable<DataViewSchema.Column> columns) =>
        columns.Where(column => column.Index != FeaturesIndex).Select(column => Input[column.Index]).DistinctBy(column => column.Index);

    /// <summary>Reads the image of a row of the input.</summary>
    public ImageContentReader Reader(DataViewRow row, string? folder) => new(row, _image, _kind, _label, folder);

    /// <summary>A getter as the type that is asked for.</summary>
    public static ValueGetter<TValue> Typed<TValue>(Delegate getter, DataViewSchema.Column column) => getter as ValueGetter<TValue>
        ?? throw new InvalidOperationException($"The column '{column.Name}' is of type {column.Type}; its values cannot be read as {typeof(TValue)}.");

    /// <summary>The error of a column that was not asked for.</summary>
    public static InvalidOperationException NotActive(DataViewSchema.Column column) =>
        new($"The column '{column.Name}' is not active; name it when the cursor is made.");
}
