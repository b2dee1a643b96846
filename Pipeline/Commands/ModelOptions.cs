using System.CommandLine;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that say which backbone, which of its tensors, and how photos are prepared for it.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = new("--model", "-m")
    {
        Description = "Id from 'models list', or path of a frozen TensorFlow graph (.pb). Default: the bundled InceptionV3.",
        HelpName = "ID|FILE",
    };

    private readonly Option<string?> _input = new("--input")
    {
        Description = "With a graph of your own: the tensor that takes the images. Default: read from the graph.",
        HelpName = "TENSOR",
    };

    private readonly Option<string?> _tensor = new("--tensor", "--tap", "-t")
    {
        Description = "Tensor that serves as features; for a model of the catalog also a tap's name (mixed8). Default: the bottleneck. A map is averaged.",
        HelpName = "NAME",
    };

    private readonly Option<int?> _size = new("--size")
    {
        Description = "With a graph of your own: width and height of its input in pixels. Default: read from the graph.",
        HelpName = "PIXELS",
    };

    private readonly Option<string?> _preprocess = new("--preprocess")
    {
        Description = $"With a graph of your own: how samples are scaled: {string.Join(", ", PixelScalings.Names)}.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _resize = new("--resize")
    {
        Description = $"How photos are resized: {string.Join(", ", ResizeMethods.Names)}. Default: the model's, else tf-legacy-bilinear.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _dct = new("--jpeg-dct")
    {
        Description = "JPEG inverse DCT: fast (as TensorFlow) or accurate (as Pillow and Keras). Default: the model's, else fast.",
    };

    private readonly Option<bool> _exif = new("--exif") { Description = "Turn photos upright by their EXIF orientation. Default: no, as TensorFlow." };

    /// <summary>Adds the options to a command.</summary>
    public ModelOptions AddTo(Command command)
    {
        _dct.AcceptOnlyFromAmong("fast", "accurate");
        foreach (var option in new Option[] { _model, _input, _tensor, _size, _preprocess, _resize, _dct, _exif })
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>What the command line asks for.</summary>
    public BackboneRequest Read(ParseResult arguments) => new()
    {
        Model = arguments.GetValue(_model),
        Input = arguments.GetValue(_input),
        Tensor = arguments.GetValue(_tensor),
        Size = arguments.GetValue(_size),
        Scaling = arguments.GetValue(_preprocess) is { } scaling ? PixelScalings.Parse(scaling) : null,
        Resize = arguments.GetValue(_resize) is { } resize ? ResizeMethods.Parse(resize) : null,
        Dct = arguments.GetValue(_dct) is { } dct ? (dct == "accurate" ? JpegDct.Accurate : JpegDct.Fast) : null,
        ApplyExifOrientation = arguments.GetValue(_exif) ? true : null,
    };
}
