namespace MlTransfer.Trainers.Export;

/// <summary>A dense layer of a head: y = W · x + b.</summary>
/// <param name="Units">Numbers that come out.</param>
/// <param name="Weight">W, units × inputs, row-major.</param>
/// <param name="Bias">b, one a unit.</param>
internal sealed record HeadLayer(int Units, float[] Weight, float[] Bias)
{
    /// <summary>Numbers that go in.</summary>
    public int Inputs => Weight.Length / Units;

    /// <summary>The layer with all that it gives divided by a number, rounded once.</summary>
    public HeadLayer DividedBy(double divisor) => divisor == 1
        ? this
        : this with { Weight = Array.ConvertAll(Weight, value => (float)(value / divisor)), Bias = Array.ConvertAll(Bias, value => (float)(value / divisor)) };

    /// <summary>W as inputs × units, as MatMul wants it.</summary>
    public float[] Transposed()
    {
        var target = new float[Weight.Length];
        for (var unit = 0; unit < Units; unit++)
        {
            for (var input = 0; input < Inputs; input++)
            {
                target[(input * Units) + unit] = Weight[(unit * Inputs) + input];
            }
        }

        return target;
    }
}
