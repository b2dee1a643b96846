using System.Globalization;

namespace MlTransfer.Datasets.Splits;

/// <summary>The one check of how much is kept aside, in percent or as a fraction.</summary>
internal static class ShareCheck
{
    public static void Require(double test, double validation, double whole)
    {
        foreach (var (value, name) in new[] { (test, "test"), (validation, "validation") })
        {
            if (!(value >= 0 && value <= whole))
            {
                throw new ArgumentOutOfRangeException(name, string.Create(CultureInfo.InvariantCulture, $"The {name} share is {value}; it must be from 0 to {whole}."));
            }
        }

        if (test + validation > whole)
        {
            throw new ArgumentOutOfRangeException(
                nameof(test), string.Create(CultureInfo.InvariantCulture, $"The test share {test} and the validation share {validation} are together more than {whole}."));
        }
    }
}
