using MlTransfer.Goldens;
using Xunit.Abstractions;

namespace MlTransfer.Datasets.Tests.Images;

/// <summary>Runs the decoders' kernels and golden pictures again in processes that lack vector instructions.</summary>
[Trait("Category", "Golden")]
public sealed class RegisterWidthTests(ITestOutputHelper log)
{
    [SkippableTheory]
    [MemberData(nameof(HiddenInstructions.Settings), MemberType = typeof(HiddenInstructions))]
    public async Task Decoders_are_right_where_instructions_are_missing(string setting, string hidden)
    {
        Skip.If(HiddenInstructions.IsChild, "a child starts no children");
        var output = await HiddenInstructions.RunAsync(
            typeof(RegisterWidthTests).Assembly, setting, hidden, "FullyQualifiedName~InverseDctTests|FullyQualifiedName~ColourConverterTests|FullyQualifiedName~SampleUpsamplingTests|FullyQualifiedName~JpegDecodeGoldenTests|FullyQualifiedName~TensorFlowImageDecoderGoldenTests|FullyQualifiedName~PngTests", log);
        Assert.All(new[] { "InverseDctTests", "JpegDecodeGoldenTests" }, name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Fact]
    public void HiddenInstructions_are_not_used() => HiddenInstructions.AssertHidden(log);
}
