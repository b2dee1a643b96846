using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Extraction;

/// <summary>Adds the features column to single rows, for prediction engines.</summary>
internal sealed class BottleneckFeaturesMapper(BottleneckFeaturesTransformer transformer, FeaturesBinding binding) : IRowToRowMapper
{
    /// <inheritdoc/>
    public DataViewSchema InputSchema => binding.Input;

    /// <inheritdoc/>
    public DataViewSchema OutputSchema => binding.Output;

    /// <inheritdoc/>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        var asked = dependingColumns.ToArray();
        var passed = binding.InputColumns(asked);
        return Array.Exists(asked, column => column.Index == binding.FeaturesIndex) ? passed.Concat(binding.Dependencies).DistinctBy(column => column.Index) : passed;
    }

    /// <inheritdoc/>
    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return input.Schema == binding.Input
            ? new FeaturesRow(transformer, binding, input, activeColumns.Any(column => column.Index == binding.FeaturesIndex))
            : throw new ArgumentException("The row is of another schema than this mapper was made for.", nameof(input));
    }
}
