using MlTransfer.Features.Engines;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.ML.Tests;

/// <summary>
/// An engine that needs no network: features tell the mean of each colour, slot after slot with growing weights, so that rows can be told from one another and
/// depend on their image alone. Counts what it is asked for.
/// </summary>
internal sealed class ColourEngine(int dimension = 2048) : IGraphEngine
{
    private int _runs;
    private int _images;

    public int Runs => _runs;

    public int Images => _images;

    public Action? OnRun { get; set; }

    public string Name => "colour";

    public IGraphSession Compile(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null) => new Session(this);

    private sealed class Session(ColourEngine engine) : IGraphSession
    {
        private bool _disposed;

        public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, CancellationToken cancellation = default)
        {
            engine.OnRun?.Invoke();
            cancellation.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(_disposed, this);
            var images = feeds[0].Shape[0];
            Interlocked.Increment(ref engine._runs);
            Interlocked.Add(ref engine._images, images);
            var pixels = feeds[0].AsSpan<float>();
            var length = pixels.Length / images;
            var dimension = engine.Dimension;
            var features = new float[images * dimension];
            for (var image = 0; image < images; image++)
            {
                Span<double> means = [0, 0, 0];
                var own = pixels.Slice(image * length, length);
                for (var i = 0; i < length; i++)
                {
                    means[i % 3] += own[i] / (length / 3);
                }

                for (var d = 0; d < dimension; d++)
                {
                    features[image * dimension + d] = (float)(means[d % 3] * (1 + d % 7));
                }
            }

            return [Tensor.From(new TensorShape(images, dimension), features)];
        }

        public void Dispose() => _disposed = true;
    }

    private int Dimension { get; } = dimension;
}
