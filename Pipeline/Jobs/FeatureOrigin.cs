using MlTransfer.Features.Cache;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Heads;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>Checks that a head may judge features: refuses what is known to be of another origin, and says where the origin is not known.</summary>
internal static class FeatureOrigin
{
    /// <summary>Checks features against a head.</summary>
    /// <param name="head">The head.</param>
    /// <param name="features">What the features are features of.</param>
    /// <param name="output">Takes a notice where graph and preprocessing can not be compared.</param>
    /// <exception cref="HeadMismatchException">They are of another origin, or of another length.</exception>
    public static void Check(ClassifierHead head, FeatureStoreKey features, CommandOutput output)
    {
        var mine = head.Description;
        if (head.FeatureDimension != features.Dimension)
        {
            throw new HeadMismatchException($"The head needs {head.FeatureDimension} features a row, of {Describe(mine.BackboneId, mine.Tensor, mine.Preprocessing)}; these are {features.Dimension} a row, of {Describe(features.BackboneId, features.Tensor, features.Preprocessing)}.");
        }

        var (headImported, imported) = (ImportedOrigin.IsImported(mine.BackboneId, mine.Preprocessing), ImportedOrigin.IsImported(features.BackboneId, features.Preprocessing));
        if (!headImported && !imported)
        {
            head.EnsureMatches(features.BackboneId, features.GraphSha256, features.Tensor, features.Preprocessing);
            return;
        }

        if (string.Equals(mine.GraphSha256, features.GraphSha256, StringComparison.OrdinalIgnoreCase))
        {
            return;
        }

        if (headImported && imported && ImportedOrigin.IsNamed(mine.BackboneId, mine.GraphSha256) && ImportedOrigin.IsNamed(features.BackboneId, features.GraphSha256))
        {
            throw new HeadMismatchException($"The head was fitted on features of '{ImportedOrigin.NameOf(mine.BackboneId)}'; these are of '{ImportedOrigin.NameOf(features.BackboneId)}'.");
        }

        output.Notice($"The head was fitted on features of {Describe(mine.BackboneId, mine.Tensor, mine.Preprocessing)}; these are of {Describe(features.BackboneId, features.Tensor, features.Preprocessing)}. Whether one network computed both is not known; if not, the answers mean nothing.");
    }

    private static string Describe(string backboneId, string tensor, string preprocessing) => ImportedOrigin.IsImported(backboneId, preprocessing)
        ? $"'{ImportedOrigin.NameOf(backboneId)}' (another program's)"
        : $"'{backboneId}', tensor {tensor}";
}
