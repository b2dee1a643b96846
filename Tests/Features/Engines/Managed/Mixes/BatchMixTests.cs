using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Kernels;

namespace MlTransfer.Features.Tests.Engines.Managed.Mixes;

/// <summary>
/// Random networks on batches of maps so large that the engine runs them a few images at a time: an image gives the same bits alone, in a batch, with other
/// threads, in single and in int8 precision.
/// </summary>
public class BatchMixTests
{
    private const int Images = 6;

    [Fact]
    public void MixesOnLargeMaps_GiveEachImageTheBitsItHasAlone()
    {
        var segments = 0;
        var mixes = int.TryParse(Environment.GetEnvironmentVariable(RandomMixTests.MoreVariable), out var more) ? Math.Max(16, more) : 16;
        for (var seed = 0; seed < mixes; seed++)
        {
            var recipe = new byte[40];
            new Random(seed).NextBytes(recipe);
            segments += Check(recipe) ? 1 : 0;
        }

        Assert.True(segments > 4, $"only {segments} of the mixes were run a few images at a time; the others tell nothing");
    }

    /// <summary>Whether the batch was run in parts.</summary>
    private static bool Check(byte[] recipe)
    {
        var mix = MixedOperations.GrowForImages(recipe);
        var graph = mix.Build();
        var choose = new Recipe([.. recipe.Reverse()]);
        string[] fetches = [mix.Maps[^1], mix.Maps[choose.Next(mix.Maps.Count)], mix.Maps[choose.Next(mix.Maps.Count)]];
        var (height, width) = choose.Pick((96, 90), (80, 110));
        var options = new EngineOptions { Precision = choose.Pick(Precision.Float32, Precision.Int8) };
        var batch = Tensor.From(new TensorShape(Images, height, width, 32), KernelNumbers.Random(Images * height * width * 32, 9));
        var length = batch.Count / Images;
        using var together = new ManagedEngine().CompileManaged(graph, mix.Inputs, fetches, options with { Threads = 1 + choose.Next(3) });
        using var alone = new ManagedEngine().CompileManaged(graph, mix.Inputs, fetches, options with { Threads = 1 });
        IReadOnlyList<Tensor> got;
        try
        {
            got = together.Run([batch]);
        }
        catch (OperationException)
        {
            // Legal on the map it grew on, not on this one: then neither for one image.
            Assert.Throws<OperationException>(() => alone.Run([Tensor.From(new TensorShape(1, height, width, 32), batch.AsSpan<float>()[..length].ToArray())]));
            return false;
        }

        for (var image = 0; image < Images; image += Images - 1)
        {
            var single = alone.Run([Tensor.From(new TensorShape(1, height, width, 32), batch.AsSpan<float>().Slice(image * length, length).ToArray())]);
            for (var i = 0; i < fetches.Length; i++)
            {
                var own = got[i].AsSpan<float>().Slice(image * single[i].Count, single[i].Count);
                Assert.True(own.SequenceEqual(single[i].AsSpan<float>()), $"{fetches[i]} of image {image} has other bits in the batch; recipe [{string.Join(", ", recipe)}]");
            }
        }

        return together.Profile([batch], 1).Any(step => step.Shape.StartsWith('[') && !step.Shape.StartsWith($"[{Images},", StringComparison.Ordinal));
    }
}
