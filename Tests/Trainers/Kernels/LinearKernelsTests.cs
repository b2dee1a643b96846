using MlTransfer.Trainers.Kernels;

namespace MlTransfer.Trainers.Tests.Kernels;

public sealed unsafe class LinearKernelsTests
{
    /// <summary>Rows, columns, classes: every size of tile, alone and mixed, and columns over more than one chunk.</summary>
    public static TheoryData<int, int, int> Shapes() => new()
    {
        { 2, 32, 1 }, { 4, 32, 2 }, { 6, 64, 3 }, { 8, 96, 4 }, { 10, 64, 5 }, { 2, 64, 6 }, { 4, 32, 7 }, { 6, 1056, 11 }, { 32, 2080, 23 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Every_width_agrees_with_plain_sums(int rows, int columns, int classes)
    {
        Check<ScalarLanes>(rows, columns, classes);
        Check<Lanes128>(rows, columns, classes);
        Check<Lanes256>(rows, columns, classes);
        Check<Lanes512>(rows, columns, classes);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_chosen_width_agrees_with_plain_sums(int rows, int columns, int classes)
    {
        using var data = new Operands(rows, columns, classes);
        LinearKernels.Forward(data.X, data.Stride, rows, columns, data.W, data.Stride, classes, data.Z, data.ClassStride);
        data.AssertForward();
        LinearKernels.Backward(data.X, data.Stride, rows, columns, data.G, data.ClassStride, classes, data.Target, data.Stride);
        data.AssertBackward();
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Gradient_is_the_same_bits_at_every_width(int rows, int columns, int classes)
    {
        using var scalar = new Operands(rows, columns, classes);
        using var wide = new Operands(rows, columns, classes);
        LinearKernels.Backward<ScalarLanes>(scalar.X, scalar.Stride, rows, columns, scalar.G, scalar.ClassStride, classes, scalar.Target, scalar.Stride);
        LinearKernels.Backward<Lanes256>(wide.X, wide.Stride, rows, columns, wide.G, wide.ClassStride, classes, wide.Target, wide.Stride);
        Assert.Equal(new Span<double>(scalar.Target, classes * scalar.Stride).ToArray(), new Span<double>(wide.Target, classes * wide.Stride).ToArray());
    }

    [Fact]
    public void A_logit_does_not_depend_on_its_place_among_rows_and_classes()
    {
        using var all = new Operands(8, 1056, 7);
        LinearKernels.Forward(all.X, all.Stride, 8, 1056, all.W, all.Stride, 7, all.Z, all.ClassStride);
        var alone = stackalloc double[2];
        for (var r = 0; r < 8; r += 2)
        {
            for (var c = 0; c < 7; c++)
            {
                (alone[0], alone[1]) = (0.5, 0.5);
                LinearKernels.Forward(all.X + (r * all.Stride), all.Stride, 2, 1056, all.W + (c * all.Stride), all.Stride, 1, alone, 1);
                Assert.Equal(all.Z[(r * all.ClassStride) + c], alone[0]);
                Assert.Equal(all.Z[((r + 1) * all.ClassStride) + c], alone[1]);
            }
        }
    }

    [Fact]
    public void Float64_products_agree_with_plain_loops()
    {
        var random = new Random(3);
        foreach (var length in new[] { 0, 1, 3, 8, 31, 100 })
        {
            var a = Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var b = Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f).ToArray();
            var expected = a.Zip(b, (x, y) => (double)x * y).Sum();
            Assert.Equal(expected, DoubleKernels.Dot(a, b), 1e-14);
            var doubles = Array.ConvertAll(a, value => (double)value);
            var target = Array.ConvertAll(b, value => (double)value);
            Assert.Equal(expected, DoubleKernels.Dot(doubles, target), 1e-14);
            DoubleKernels.AddScaled(2, doubles, target);
            Assert.Equal(a.Zip(b, (x, y) => y + (2.0 * x)), target);
        }
    }

    private static void Check<T>(int rows, int columns, int classes)
        where T : struct, ILanes<T>
    {
        using var data = new Operands(rows, columns, classes);
        LinearKernels.Forward<T>(data.X, data.Stride, rows, columns, data.W, data.Stride, classes, data.Z, data.ClassStride);
        data.AssertForward();
        LinearKernels.Backward<T>(data.X, data.Stride, rows, columns, data.G, data.ClassStride, classes, data.Target, data.Stride);
        data.AssertBackward();
    }

    /// <summary>Random operands; outputs start at one half, to show that kernels add.</summary>
    private sealed class Operands : IDisposable
    {
        private const double Start = 0.5;
        private readonly int _rows;
        private readonly int _columns;
        private readonly int _classes;
        private readonly AlignedBuffer<float> _x;
        private readonly AlignedBuffer<float> _w;
        private readonly AlignedBuffer<float> _g;
        private readonly AlignedBuffer<double> _z;
        private readonly AlignedBuffer<double> _target;

        public Operands(int rows, int columns, int classes)
        {
            (_rows, _columns, _classes) = (rows, columns, classes);
            Stride = columns + 32;
            ClassStride = classes + 3;
            var random = new Random(rows + columns + classes);
            _x = Filled(rows * Stride, random);
            _w = Filled(classes * Stride, random);
            _g = Filled(rows * ClassStride, random);
            _z = new AlignedBuffer<double>(rows * ClassStride);
            _target = new AlignedBuffer<double>(classes * Stride);
            new Span<double>(Z, rows * ClassStride).Fill(Start);
            new Span<double>(Target, classes * Stride).Fill(Start);
        }

        public int Stride { get; }

        public int ClassStride { get; }

        public float* X => _x.Pointer;

        public float* W => _w.Pointer;

        public float* G => _g.Pointer;

        public double* Z => _z.Pointer;

        public double* Target => _target.Pointer;

        public void AssertForward()
        {
            for (var r = 0; r < _rows; r++)
            {
                for (var c = 0; c < ClassStride; c++)
                {
                    var expected = Start;
                    for (var d = 0; c < _classes && d < _columns; d++)
                    {
                        expected += (double)X[(r * Stride) + d] * W[(c * Stride) + d];
                    }

                    Assert.Equal(expected, Z[(r * ClassStride) + c], 2e-5);
                }
            }
        }

        public void AssertBackward()
        {
            for (var c = 0; c < _classes; c++)
            {
                for (var d = 0; d < Stride; d++)
                {
                    var expected = Start;
                    for (var r = 0; d < _columns && r < _rows; r++)
                    {
                        expected += (double)X[(r * Stride) + d] * G[(r * ClassStride) + c];
                    }

                    Assert.Equal(expected, Target[(c * Stride) + d], 2e-6);
                }
            }
        }

        public void Dispose()
        {
            _x.Dispose();
            _w.Dispose();
            _g.Dispose();
            _z.Dispose();
            _target.Dispose();
        }

        private static AlignedBuffer<float> Filled(int length, Random random)
        {
            var buffer = new AlignedBuffer<float>(length);
            for (var i = 0; i < length; i++)
            {
                buffer.Pointer[i] = random.NextSingle() - 0.5f;
            }

            return buffer;
        }
    }
}
