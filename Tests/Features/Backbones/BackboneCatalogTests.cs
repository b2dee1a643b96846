using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Tests.Backbones;

public sealed class BackboneCatalogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mltransfer-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_bundled_graph_is_the_one_the_catalog_describes()
    {
        var backbone = BackboneCatalog.Load().Backbones[0];
        BackboneCatalog.Verify(backbone);
        Assert.Equal(2048, backbone.Taps[0].Dimension);
        Assert.Equal(("bottleneck", "bottleneck:0", false), (backbone.Taps[0].Name, backbone.Taps[0].Tensor, backbone.Taps[0].IsMap));
        Assert.Equal((299, 299, PixelScaling.ZeroOne), (backbone.Preprocessing!.Width, backbone.Preprocessing.Height, backbone.Preprocessing.Scaling));
        Assert.Equal(Enumerable.Range(0, 11).Select(block => $"mixed{block}"), backbone.Taps.Skip(1).Select(tap => tap.Name));
        Assert.Equal("MIT", backbone.Licence);
    }

    [Fact]
    public void A_tap_is_found_by_name_and_by_tensor()
    {
        var backbone = BackboneCatalog.Load().Backbones[0];
        Assert.Equal(backbone.Tap("mixed8"), backbone.Tap("mixed8/concat:0"));
        Assert.Equal(backbone.Tap("mixed8"), backbone.Tap("mixed8/concat"));
        Assert.Contains("mixed10", Assert.Throws<ArgumentException>(() => backbone.Tap("mixed11")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_that_is_not_the_catalogs_is_refused_with_both_hashes()
    {
        var backbone = BackboneCatalog.Load().Backbones[0];
        var other = Path.Combine(_folder, "other.pb");
        File.WriteAllBytes(other, [1, 2, 3]);
        var message = Assert.Throws<InvalidDataException>(() => BackboneCatalog.Verify(backbone with { GraphPath = other })).Message;
        Assert.Contains(backbone.GraphSha256, message, StringComparison.Ordinal);
        Assert.Contains("039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":2,\"backbones\":[]}")]
    [InlineData("{\"version\":1,\"backbones\":[{\"id\":\"x\"}]}")]
    public void A_catalog_that_is_not_as_it_should_be_is_refused_by_name(string json)
    {
        File.WriteAllText(Path.Combine(_folder, "catalog.json"), json);
        Assert.Contains("catalog.json", Assert.Throws<InvalidDataException>(() => BackboneCatalog.Load(_folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_preprocessing_id_reads_back()
    {
        var backbone = BackboneCatalog.Load().Backbones[0];
        Assert.Equal((backbone.Preprocessing, backbone.Input, Precision.Float32), Backbone.ParsePreprocessingId(backbone.PreprocessingId));
        var files = backbone with { Preprocessing = null, Input = "DecodeJpeg/contents:0" };
        Assert.Equal((null, "DecodeJpeg/contents:0", Precision.Float32), Backbone.ParsePreprocessingId(files.PreprocessingId));
        var rounded = backbone with { Precision = Precision.Int8 };
        Assert.NotEqual(backbone.PreprocessingId, rounded.PreprocessingId);
        Assert.Equal((backbone.Preprocessing, backbone.Input, Precision.Int8), Backbone.ParsePreprocessingId(rounded.PreprocessingId));
        Assert.Throws<FormatException>(() => Backbone.ParsePreprocessingId("rgb;tf-legacy-bilinear;299x299;zero-one"));
    }
}
