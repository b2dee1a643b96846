namespace MlTransfer.Features.Engines.Managed.Operations.Images;

/// <summary>For each place along one axis of a result, which places of the input it mixes and by what weights.</summary>
internal sealed class AxisWeights
{
    /// <summary>Entries of TensorFlow's table of cubic coefficients for one unit.</summary>
    private const int CubicTableSize = 1024;

    private AxisWeights(int input, (int Place, double Weight)[][] places)
    {
        Input = input;
        Places = places;
    }

    /// <summary>Places of the input.</summary>
    public int Input { get; }

    /// <summary>Places and weights for each place of the result.</summary>
    public IReadOnlyList<(int Place, double Weight)[]> Places { get; }

    /// <summary>Input places for one of the result, in float as TensorFlow has it.</summary>
    public static float Scale(int input, int output, bool alignCorners) =>
        alignCorners && output > 1 ? (input - 1) / (float)(output - 1) : input / (float)output;

    /// <summary>Cubic interpolation over four places, whose weights are read from a table of 1,024 steps.</summary>
    /// <param name="input">Places of the input.</param>
    /// <param name="output">Places of the result.</param>
    /// <param name="alignCorners">Whether first and last places coincide.</param>
    /// <param name="halfPixel">Whether places are centred; then a = −0.5 instead of −0.75, and weights outside the input are left out.</param>
    /// <remarks>Source: TensorFlow, resize_bicubic_op (GetWeightsAndIndices).</remarks>
    public static AxisWeights Cubic(int input, int output, bool alignCorners, bool halfPixel)
    {
        var scale = Scale(input, output, alignCorners);
        var a = halfPixel ? -0.5 : -0.75;
        return new AxisWeights(input, [.. Enumerable.Range(0, output).Select(place =>
        {
            var position = halfPixel ? ((place + 0.5f) * scale) - 0.5f : place * scale;
            var floor = (int)MathF.Floor(position);
            var offset = (int)MathF.Round((position - floor) * CubicTableSize, MidpointRounding.ToEven);
            var near = offset / (double)CubicTableSize;
            (int Place, double Weight)[] taps =
            [
                (floor - 1, CubicFar(near + 1, a)), (floor, CubicNear(near, a)), (floor + 1, CubicNear(1 - near, a)), (floor + 2, CubicFar(2 - near, a)),
            ];
            return halfPixel ? Inside(taps, input) : [.. taps.Select(tap => (Math.Clamp(tap.Place, 0, input - 1), tap.Weight))];
        })]);
    }

    /// <summary>The mean over the stretch of the input that a place of the result covers.</summary>
    /// <remarks>Source: TensorFlow, resize_area_op. Where corners are aligned the stretch of the last places reaches past the edge, which repeats.</remarks>
    public static AxisWeights Area(int input, int output, bool alignCorners)
    {
        var scale = Scale(input, output, alignCorners);
        return new AxisWeights(input, [.. Enumerable.Range(0, output).Select(place =>
        {
            var (start, end) = (place * scale, (place + 1) * scale);
            var first = (int)MathF.Floor(start);
            var covered = Enumerable.Range(first, (int)MathF.Ceiling(end) - first);
            return covered.Select(cell => (Math.Clamp(cell, 0, input - 1), (Math.Min(cell + 1, (double)end) - Math.Max(cell, start)) / scale)).ToArray();
        })]);
    }

    /// <summary>A sampling kernel laid over each place, widened when shrinking if antialiased.</summary>
    /// <param name="input">Places of the input.</param>
    /// <param name="output">Places of the result.</param>
    /// <param name="scale">Result places for one of the input.</param>
    /// <param name="translation">Shift of the result, in its places.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="antialias">Whether to widen.</param>
    /// <remarks>Source: TensorFlow, scale_and_translate_op (ComputeSpansCore); the positions in float as there, since they decide which places count.</remarks>
    public static AxisWeights Sampled(int input, int output, float scale, float translation, SamplingKernel kernel, bool antialias)
    {
        var inverse = 1 / scale;
        var shift = -inverse * translation;
        var width = antialias ? Math.Max(inverse, 1) : 1;
        return new AxisWeights(input, [.. Enumerable.Range(0, output).Select(place =>
        {
            var centre = ((place + 0.5f) * inverse) + shift;
            if (centre < 0 || centre > input)
            {
                return [];
            }

            var first = (int)Math.Clamp(MathF.Ceiling(centre - (kernel.Radius * width) - 0.5f), 0, input - 1);
            var last = (int)Math.Clamp(MathF.Floor(centre + (kernel.Radius * width) - 0.5f), 0, input - 1);
            var taps = Enumerable.Range(first, last - first + 1)
                .Select(cell => (Place: cell, Weight: (double)kernel.Weight(MathF.Abs((cell + 0.5f - centre) * (1 / width))))).ToArray();
            return Normalized(taps);
        })]);
    }

    private static double CubicNear(double distance, double a) => (((((a + 2) * distance) - (a + 3)) * distance) * distance) + 1;

    private static double CubicFar(double distance, double a) => (((((a * distance) - (5 * a)) * distance) + (8 * a)) * distance) - (4 * a);

    private static (int Place, double Weight)[] Inside((int Place, double Weight)[] taps, int input) =>
        Normalized([.. taps.Where(tap => tap.Place >= 0 && tap.Place < input)]);

    private static (int Place, double Weight)[] Normalized((int Place, double Weight)[] taps)
    {
        // TensorFlow leaves sums near the smallest float alone rather than divide by them.
        const double LeastSum = 1000 * 1.17549435e-38;
        var sum = taps.Sum(tap => tap.Weight);
        return Math.Abs(sum) < LeastSum ? [.. taps.Select(tap => (tap.Place, 0.0))] : [.. taps.Select(tap => (tap.Place, tap.Weight / sum))];
    }
}
