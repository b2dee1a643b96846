using MlTransfer.Features.Engines;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Tests.Extraction;

/// <summary>An engine whose features are the mean of each colour: quick, and a row can be told from another.</summary>
internal sealed class MeanEngine : IGraphEngine
{
    public int Runs { get; private set; }

    public int Images { get; private set; }

    public Action? OnRun { get; set; }

    public string Name => "mean";

    public IGraphSession Compile(Graph graph, IReadOnlyList<string> feeds, IReadOnlyList<string> fetches, EngineOptions? options = null) => new Session(this);

    private sealed class Session(MeanEngine engine) : IGraphSession
    {
        public IReadOnlyList<Tensor> Run(IReadOnlyList<Tensor> feeds, CancellationToken cancellation = default)
        {
            cancellation.ThrowIfCancellationRequested();
            engine.OnRun?.Invoke();
            var images = feeds[0].Shape[0];
            engine.Runs++;
            engine.Images += images;
            var pixels = feeds[0].AsSpan<float>();
            var length = pixels.Length / images;
            var means = new float[images * 3];
            for (var i = 0; i < pixels.Length; i++)
            {
                means[i / length * 3 + i % 3] += pixels[i] / (length / 3);
            }

            return [Tensor.From(new TensorShape(images, 3), means)];
        }

        public void Dispose()
        {
        }
    }
}
