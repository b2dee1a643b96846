using MlTransfer.Datasets.Samples;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Tests.Samples;

public sealed class SampleDatasetTests
{
    [Fact]
    public void The_sample_lies_beside_the_program_with_its_licence()
    {
        var folder = SampleDataset.Locate();
        Assert.Contains("Zalando SE", File.ReadAllText(Path.Combine(folder, "LICENSE-fashion-mnist.txt")), StringComparison.Ordinal);
        var dataset = ImageFolderSource.Read(folder);
        Assert.Equal(["ankle_boot", "bag", "coat", "dress", "pullover", "sandal", "shirt", "sneaker", "t-shirt_top", "trouser"], dataset.Labels);
        Assert.All(dataset.Images.CountBy(image => image.Label), count => Assert.Equal(40, count.Value));
        Assert.Equal(400, dataset.Images.Count);
        foreach (var image in dataset.Images)
        {
            // PNG's signature and a header of 28 × 28, 8 bits, grayscale.
            var bytes = File.ReadAllBytes(image.FullPath);
            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A], bytes[..8]);
            Assert.Equal([0, 0, 0, 28, 0, 0, 0, 28, 8, 0], bytes[16..26]);
        }

        Assert.Equal(400, dataset.Images.Select(image => ContentHash.OfFile(image.FullPath)).Distinct().Count());
    }
}
