using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MlTransfer.Datasets.Splits;

/// <summary>The split of TensorFlow's <c>retrain.py</c>: each image's subset follows from its name alone, so adding images never moves others.</summary>
/// <remarks>
/// <para>Source: <c>create_image_lists</c> of <c>retrain.py</c> (tensorflow/hub, examples/image_retraining). SHA-1 of the UTF-8 name, from which
/// everything from the first <c>_nohash_</c> on is cut (so that near-copies <c>a_nohash_0.jpg</c>, <c>a_nohash_1.jpg</c> stay together);
/// the digest modulo 2^27, times 100/(2^27 − 1), is a percentage: below the validation percentage is validation, below validation + testing is test,
/// else training.</para>
/// <para><c>retrain.py</c> hashes the path as typed (<c>--image_dir</c> included), so its split changes when the folder moves. Here the path
/// relative to the data set's root (<c>daisy/1.jpg</c>) is hashed. To get the very split of an old run, give its <c>--image_dir</c> with a
/// trailing '/' as <c>prefix</c>.</para>
/// <para>Immutable and thread-safe.</para>
/// </remarks>
public sealed class HashSplit
{
    /// <summary>2^27 − 1, retrain.py's MAX_NUM_IMAGES_PER_CLASS.</summary>
    private const uint MaxImagesPerClass = (1u << 27) - 1;

    private readonly double _validationPercentage;
    private readonly double _testingPercentage;
    private readonly string _prefix;

    /// <summary>A split with the given shares.</summary>
    /// <param name="testingPercentage">0 to 100, about that share of all images; retrain.py's default is 10.</param>
    /// <param name="validationPercentage">0 to 100; retrain.py's default is 10. The sum is at most 100.</param>
    /// <param name="prefix">Put before each path before hashing; default nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A percentage or their sum is not within 0 to 100.</exception>
    public HashSplit(double testingPercentage = 10, double validationPercentage = 10, string prefix = "")
    {
        ShareCheck.Require(testingPercentage, validationPercentage, 100);
        ArgumentNullException.ThrowIfNull(prefix);
        (_testingPercentage, _validationPercentage, _prefix) = (testingPercentage, validationPercentage, prefix);
    }

    /// <summary>The subset of one image.</summary>
    /// <param name="path">Its path relative to the root, with '/'.</param>
    public Subset Assign(string path)
    {
        var percentage = Percentage(_prefix + path);
        return percentage < _validationPercentage ? Subset.Validation
            : percentage < _testingPercentage + _validationPercentage ? Subset.Test
            : Subset.Training;
    }

    /// <summary>The subset of every image.</summary>
    /// <param name="paths">Paths relative to the root, with '/'.</param>
    /// <param name="labels">One a path.</param>
    public DatasetSplit Assign(IReadOnlyList<string> paths, IReadOnlyList<string> labels)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return DatasetSplit.Of([.. paths.Select(Assign)], labels);
    }

    /// <summary>retrain.py's percentage_hash of a name: 0 to 100, both included.</summary>
    internal static double Percentage(string name)
    {
        Span<byte> digest = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // retrain.py's split is defined by SHA-1; nothing is secured by it.
        SHA1.HashData(Encoding.UTF8.GetBytes(HashedName(name)), digest);
#pragma warning restore CA5350
        // The digest modulo 2^27 is its lowest 27 bits.
        return (BinaryPrimitives.ReadUInt32BigEndian(digest[^4..]) & MaxImagesPerClass) * (100.0 / MaxImagesPerClass);
    }

    /// <summary>What remains of a name under <c>re.sub(r'_nohash_.*$', '', name)</c>: '.' stops at a line feed and '$' also matches before a final one.</summary>
    private static string HashedName(string name)
    {
        const string mark = "_nohash_";
        for (var at = name.IndexOf(mark, StringComparison.Ordinal); at >= 0; at = name.IndexOf(mark, at + 1, StringComparison.Ordinal))
        {
            var lineEnd = name.IndexOf('\n', at);
            if (lineEnd < 0)
            {
                return name[..at];
            }

            if (lineEnd == name.Length - 1)
            {
                return name[..at] + "\n";
            }
        }

        return name;
    }
}
