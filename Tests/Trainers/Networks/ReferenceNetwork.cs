namespace MlTransfer.Trainers.Tests.Networks;

/// <summary>A network in plain float64 loops: the reference that the vectorised one is tested against.</summary>
internal sealed class ReferenceNetwork(int[] widths)
{
    /// <summary>W and b of each layer; W is units × inputs.</summary>
    public List<(double[] Weight, double[] Bias)> Layers { get; } =
        [.. widths.Skip(1).Select((units, l) => (new double[units * widths[l]], new double[units]))];

    /// <summary>Σ weight · smoothed cross-entropy / rows + (L2 / 2) · Σ W², with dropout by given factors.</summary>
    /// <param name="rows">Features of each row.</param>
    /// <param name="labels">Class of each row.</param>
    /// <param name="weights">Weight of each row.</param>
    /// <param name="smoothing">Label smoothing.</param>
    /// <param name="l2">Penalty.</param>
    /// <param name="factor">What the output of (hidden layer, row, unit) is multiplied by.</param>
    /// <param name="gradient">Takes the gradient where given; laid out as <see cref="Layers"/>.</param>
    public double Loss(
        double[][] rows, int[] labels, double[] weights, double smoothing, double l2, Func<int, int, int, double> factor, ReferenceNetwork? gradient = null)
    {
        var loss = Layers.Sum(layer => l2 / 2 * layer.Weight.Sum(weight => weight * weight));
        gradient?.Start(this, l2);
        for (var r = 0; r < rows.Length; r++)
        {
            var activations = new List<double[]> { rows[r] };
            for (var l = 0; l < Layers.Count; l++)
            {
                var output = Output(l, activations[l]);
                activations.Add(l == Layers.Count - 1 ? output : [.. output.Select((value, unit) => Math.Max(value, 0) * factor(l, r, unit))]);
            }

            var logits = activations[^1];
            var sum = logits.Sum(Math.Exp);
            var slopes = new double[logits.Length];
            for (var c = 0; c < logits.Length; c++)
            {
                var target = (c == labels[r] ? 1 - smoothing : 0) + (smoothing / logits.Length);
                loss -= weights[r] * target * Math.Log(Math.Exp(logits[c]) / sum) / rows.Length;
                slopes[c] = weights[r] * ((Math.Exp(logits[c]) / sum) - target) / rows.Length;
            }

            for (var l = Layers.Count - 1; gradient is not null && l >= 0; l--)
            {
                slopes = gradient.Back(this, l, r, activations[l], slopes, factor);
            }
        }

        return loss;
    }

    private double[] Output(int l, double[] input)
    {
        var (weight, bias) = Layers[l];
        return [.. bias.Select((value, unit) => value + input.Select((x, d) => x * weight[(unit * input.Length) + d]).Sum())];
    }

    private void Start(ReferenceNetwork source, double l2)
    {
        for (var l = 0; l < Layers.Count; l++)
        {
            for (var i = 0; i < Layers[l].Weight.Length; i++)
            {
                Layers[l].Weight[i] = l2 * source.Layers[l].Weight[i];
            }

            Array.Clear(Layers[l].Bias);
        }
    }

    private double[] Back(ReferenceNetwork source, int l, int row, double[] input, double[] slopes, Func<int, int, int, double> factor)
    {
        var below = new double[input.Length];
        for (var unit = 0; unit < slopes.Length; unit++)
        {
            Layers[l].Bias[unit] += slopes[unit];
            for (var d = 0; d < input.Length; d++)
            {
                Layers[l].Weight[(unit * input.Length) + d] += slopes[unit] * input[d];
                below[d] += slopes[unit] * source.Layers[l].Weight[(unit * input.Length) + d];
            }
        }

        return l == 0 ? below : [.. below.Select((slope, unit) => input[unit] > 0 ? slope * factor(l - 1, row, unit) : 0)];
    }
}
