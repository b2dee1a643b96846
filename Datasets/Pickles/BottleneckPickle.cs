using MlTransfer.Datasets.Bottlenecks;

namespace MlTransfer.Datasets.Pickles;

/// <summary>
/// Reads bottleneck features from a Python pickle: a dictionary of <c>features</c> (N × D or N × H × W × C) and <c>labels</c> (N, N × 1 or one-hot N × classes), or the
/// pair (features, labels); any protocol from 0 to 5, Python 2 and 3, NumPy 1 and 2.
/// </summary>
/// <remarks>
/// <para>Nothing of a pickle is ever executed: it may refer to a short list of names only, and what NumPy writes for an array is recognised and built here.
/// Time and memory are bounded by the size of the file, the stack is not used for nesting.</para>
/// <para>Features may be float16, float32, float64 or whole numbers, in either byte order, C or Fortran order. Labels may be an array or a list of
/// whole numbers (floats that are whole too) or of texts; None means that the rows have no labels. Other entries are ignored. Thread-safe.</para>
/// </remarks>
public static class BottleneckPickle
{
    private const string FeaturesKey = "features";
    private const string LabelsKey = "labels";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The pickle.</param>
    /// <exception cref="InvalidDataException">Damaged, asking for something that is not allowed, or no features; the message names the file and the reason.</exception>
    public static BottleneckSet Read(string path) => PickleFile.Read(path, Parse);

    /// <summary>Reads the bytes of a pickle.</summary>
    /// <param name="file">The whole file; not changed.</param>
    /// <exception cref="InvalidDataException">As for <see cref="Read"/>, without the file's name.</exception>
    public static BottleneckSet Parse(ReadOnlyMemory<byte> file)
    {
        var (features, labels) = PickleMachine.Load(file) switch
        {
            PickledDictionary dictionary => (Required(dictionary, FeaturesKey), Required(dictionary, LabelsKey)),
            object[] { Length: 2 } pair => (pair[0], pair[1]),
            var other => throw new InvalidDataException($"the pickle holds {PickledKind.Of(other)}; a dictionary of '{FeaturesKey}' and '{LabelsKey}' was expected."),
        };
        if (features is not PickledArray stored)
        {
            throw new InvalidDataException($"'{FeaturesKey}' is {PickledKind.Of(features)}; a NumPy array of (rows, numbers) was expected.");
        }

        var array = stored.ToArray();
        var values = FeatureNumbers.ToFeatures(array);
        var rows = array.Shape[0];
        if (labels is PickledNone)
        {
            return new BottleneckSet(values, array.Shape, labels: null);
        }

        var (numbers, texts) = PickledLabels.Read(labels, rows);
        return new BottleneckSet(values, array.Shape, numbers, texts);
    }

    private static object Required(PickledDictionary dictionary, string key) => dictionary.Get(key) ?? throw new InvalidDataException(
        $"the pickle has no '{key}'; a dictionary of '{FeaturesKey}' and '{LabelsKey}' was expected, this one has {(dictionary.Keys.Count == 0 ? "no named entries" : string.Join(", ", dictionary.Keys.Take(8).Select(name => $"'{(name.Length > 40 ? name[..40] : name)}'")))}.");
}
