using System.IO.Compression;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.ML.Heads;

/// <summary>
/// Makes ML.NET's own predictor of given weights, so that evaluation, explanation, export and saving know the head as theirs. ML.NET lets nobody construct
/// one: a throw-away predictor of the same sizes is trained, saved to memory, its block of numbers exchanged, and read back. Where that block is not found
/// exactly once, or does not come back as the numbers that were put in, this fails.
/// </summary>
internal static class MaximumEntropyModel
{
    /// <summary>A predictor of a softmax layer.</summary>
    /// <param name="weights">The layer.</param>
    /// <param name="labelColumnName">Name of the label column.</param>
    /// <param name="keyValues">What the label's key values are called.</param>
    /// <param name="featureColumnName">Name of the features column.</param>
    /// <exception cref="NotSupportedException">This version of ML.NET keeps such predictors in another way.</exception>
    public static MulticlassPredictionTransformer<MaximumEntropyModelParameters> Create(
        SoftmaxWeights weights, string labelColumnName, KeyValues keyValues, string featureColumnName)
    {
        var context = LocalContext.Instance;
        var data = context.Data.LoadFromEnumerable(
            [Example(0, weights.Features), Example(1, weights.Features)], Schema(weights, labelColumnName, keyValues, featureColumnName));
        var draft = context.MulticlassClassification.Trainers.SdcaMaximumEntropy(new SdcaMaximumEntropyMulticlassTrainer.Options
        {
            LabelColumnName = labelColumnName,
            FeatureColumnName = featureColumnName,
            MaximumNumberOfIterations = 1,
            NumberOfThreads = 1,
            Shuffle = false,
            L1Regularization = 0,
            L2Regularization = 1,
        }).Fit(data);

        using var file = new MemoryStream();
        context.Model.Save(draft, data.Schema, file);
        Exchange(file, Block(draft.Model), Block(weights));
        file.Position = 0;
        var made = context.Model.Load(file, out _) as MulticlassPredictionTransformer<MaximumEntropyModelParameters> ?? throw Unknown("it comes back as another kind");
        var found = WeightsOf(made.Model);
        return found.Weight.SequenceEqual(weights.Weight) && found.Bias.SequenceEqual(weights.Bias) ? made : throw Unknown("its numbers come back as others");
    }

    /// <summary>The layer of one of ML.NET's linear predictors.</summary>
    public static SoftmaxWeights WeightsOf(MaximumEntropyModelParameters model)
    {
        VBuffer<float>[] rows = [];
        model.GetWeights(ref rows, out var classes);
        return new SoftmaxWeights([.. rows.Take(classes).SelectMany(row => row.DenseValues())], [.. model.GetBiases()]);
    }

    private static Row Example(uint label, int features) => new() { Label = label, Features = new VBuffer<float>(features, 1, [label + 1], [0]) };

    private static SchemaDefinition Schema(SoftmaxWeights weights, string labelColumnName, KeyValues keyValues, string featureColumnName)
    {
        var schema = SchemaDefinition.Create(typeof(Row));
        var label = schema[nameof(Row.Label)];
        label.ColumnName = labelColumnName;
        label.ColumnType = new KeyDataViewType(typeof(uint), weights.Classes);
        keyValues.AddTo(label);
        var features = schema[nameof(Row.Features)];
        features.ColumnName = featureColumnName;
        features.ColumnType = new VectorDataViewType(NumberDataViewType.Single, weights.Features);
        return schema;
    }

    /// <summary>The numbers of a predictor as its model file has them: counts, biases, the counts of a dense matrix, weights.</summary>
    private static byte[] Block(SoftmaxWeights weights)
    {
        using var block = new MemoryStream();
        using var writer = new BinaryWriter(block);
        writer.Write(weights.Features);
        writer.Write(weights.Classes);
        Write(writer, weights.Bias);
        writer.Write(0);
        writer.Write(0);
        writer.Write(weights.Weight.Length);
        Write(writer, weights.Weight);
        writer.Flush();
        return block.ToArray();
    }

    private static byte[] Block(MaximumEntropyModelParameters model) => Block(WeightsOf(model));

    private static void Write(BinaryWriter writer, ReadOnlySpan<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            writer.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        foreach (var value in values)
        {
            writer.Write(value);
        }
    }

    private static void Exchange(MemoryStream file, byte[] old, byte[] replacement)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Update, leaveOpen: true);
        var exchanged = 0;
        foreach (var entry in archive.Entries.Where(entry => entry.Length >= old.Length).ToArray())
        {
            var content = new byte[entry.Length];
            using var stream = entry.Open();
            stream.ReadExactly(content);
            var place = content.AsSpan().IndexOf(old);
            if (place < 0)
            {
                continue;
            }

            exchanged++;
            stream.Position = place;
            stream.Write(replacement);
        }

        if (exchanged != 1)
        {
            throw Unknown(exchanged == 0 ? "its numbers are not found in its file" : "its numbers are in its file twice");
        }
    }

    private static NotSupportedException Unknown(string what) => new(
        $"This version of ML.NET ({typeof(MaximumEntropyModelParameters).Assembly.GetName().Version}) keeps a maximum entropy model in another way: {what}. Use Microsoft.ML 5.0, with which this was tested.");

    private sealed class Row
    {
        public uint Label { get; set; }

        public VBuffer<float> Features { get; set; }
    }
}
