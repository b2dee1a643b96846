using System.Runtime.Intrinsics;

namespace MlTransfer.Trainers.Losses;

/// <summary>Softmax of one row of logits, in float64.</summary>
internal static unsafe class SoftmaxRows
{
    /// <summary>Rows of logits are filled up with −∞ to a multiple of this.</summary>
    public const int ClassMultiple = 4;

    /// <summary>Classes with padding.</summary>
    public static int PaddedClasses(int classes) => (classes + ClassMultiple - 1) / ClassMultiple * ClassMultiple;

    /// <summary>
    /// Replaces logits by exp(logit − largest) and returns their sum and the largest logit; padding must hold −∞ and becomes zero.
    /// </summary>
    public static double Exponentials(double* row, int paddedClasses, out double largest)
    {
        var most = Vector256.Load(row);
        for (var c = ClassMultiple; c < paddedClasses; c += ClassMultiple)
        {
            most = Vector256.Max(most, Vector256.Load(row + c));
        }

        largest = Math.Max(Math.Max(most[0], most[1]), Math.Max(most[2], most[3]));
        double even = 0, odd = 0;
        for (var c = 0; c < paddedClasses; c += 2)
        {
            // Not Vector256.Exp: what is compiled ahead of time and what is compiled later may round it differently, and a fit must give the same bits.
            even += row[c] = Math.Exp(row[c] - largest);
            odd += row[c + 1] = Math.Exp(row[c + 1] - largest);
        }

        return even + odd;
    }
}
