using System.Buffers.Binary;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Bottlenecks;

/// <summary>Reads the bottleneck cache of ML.NET's ImageClassificationTrainer: two files, NAME_features.bin and NAME_labels.bin.</summary>
/// <remarks>
/// Layout, little-endian, after ML.NET's source: int32 rows, int32 numbers a row, then float32 rows; the labels are int64, one a row, from zero.
/// Sizes must agree exactly. Stateless, hence thread-safe.
/// </remarks>
public static class MlNetCache
{
    private const string FeaturesSuffix = "_features.bin";
    private const string LabelsSuffix = "_labels.bin";
    private const int HeaderBytes = 8;

    /// <summary>The two files that a path stands for: either of them, or what their names have in common.</summary>
    /// <param name="path">NAME_features.bin, NAME_labels.bin or NAME.</param>
    public static (string Features, string Labels) FilesOf(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var suffix = new[] { FeaturesSuffix, LabelsSuffix }.FirstOrDefault(end => path.EndsWith(end, StringComparison.Ordinal)) ?? "";
        var name = path[..^suffix.Length];
        return (name + FeaturesSuffix, name + LabelsSuffix);
    }

    /// <summary>Reads features and labels.</summary>
    /// <param name="path">As for <see cref="FilesOf"/>.</param>
    /// <exception cref="InvalidDataException">The files do not agree with their header or each other, or hold a number that is no feature or class.</exception>
    public static BottleneckSet Read(string path)
    {
        var (featuresFile, labelsFile) = FilesOf(path);
        var features = Load(featuresFile);
        if (features.Length < HeaderBytes)
        {
            throw new InvalidDataException($"{featuresFile}: {features.Length} bytes; a header of {HeaderBytes} (rows, numbers a row) was expected.");
        }

        int[] shape = [BinaryPrimitives.ReadInt32LittleEndian(features), BinaryPrimitives.ReadInt32LittleEndian(features.AsSpan(4))];
        if (shape[0] < 0 || shape[1] < 1)
        {
            throw new InvalidDataException($"{featuresFile}: the header says {shape[0]} rows of {shape[1]} numbers; 0 or more rows of 1 or more were expected.");
        }

        var expected = (Int128)shape[0] * shape[1] * sizeof(float);
        if (expected != features.Length - HeaderBytes)
        {
            throw new InvalidDataException(
                $"{featuresFile}: {shape[0]} rows of {shape[1]} numbers take {expected} bytes after the header; {features.Length - HeaderBytes} are there. The file is damaged.");
        }

        var labels = Load(labelsFile);
        if (labels.Length != (long)shape[0] * sizeof(long))
        {
            throw new InvalidDataException($"{labelsFile}: {labels.Length} bytes; the {shape[0]} rows of features need {(long)shape[0] * sizeof(long)}, 8 a row.");
        }

        try
        {
            return new BottleneckSet(
                FeatureNumbers.ToFeatures(new NpyArray(NpyElementType.Parse("<f4"), shape, features[HeaderBytes..])),
                shape,
                FeatureNumbers.ToClasses(new NpyArray(NpyElementType.Parse("<i8"), [shape[0]], labels)));
        }
        catch (InvalidDataException fault)
        {
            throw new InvalidDataException($"{featuresFile}: {fault.Message}", fault);
        }
    }

    private static byte[] Load(string path)
    {
        var length = new FileInfo(path) is { Exists: true } file ? file.Length : 0;
        return length <= Array.MaxLength ? File.ReadAllBytes(path) : throw new InvalidDataException($"{path}: {length} bytes; at most {Array.MaxLength} can be read at once.");
    }
}
