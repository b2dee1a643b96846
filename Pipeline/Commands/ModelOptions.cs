using System.CommandLine;
using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Preprocessing;
using MlTransfer.Pipeline.Terminal;

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

    private readonly Option<string?> _precision = new("--precision")
    {
        Description = "Numbers to compute with: float32, or int8, which is faster and gives slightly other features; a head keeps to those it was fitted on. Default: float32.",
    };

    private Option[] All => [_model, _input, _tensor, _size, _preprocess, _resize, _dct, _exif, _precision];

    /// <summary>Adds the options to a command.</summary>
    public ModelOptions AddTo(Command command)
    {
        _dct.AcceptOnlyFromAmong("fast", "accurate");
        _precision.AcceptOnlyFromAmong("float32", "int8");
        _size.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var given }] && int.TryParse(given, out var pixels) && pixels is < 1 or > ImagePreprocessing.MaxSize)
            {
                result.AddError($"{_size.Name} {given}: a number from 1 to {ImagePreprocessing.MaxSize} is expected.");
            }
        });
        foreach (var option in All)
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
        Scaling = Named(arguments, _preprocess, PixelScalings.Parse),
        Resize = Named(arguments, _resize, ResizeMethods.Parse),
        Dct = arguments.GetValue(_dct) is { } dct ? (dct == "accurate" ? JpegDct.Accurate : JpegDct.Fast) : null,
        Precision = arguments.GetValue(_precision) == "int8" ? Precision.Int8 : Precision.Float32,
        ApplyExifOrientation = arguments.GetValue(_exif) ? true : null,
    };

    /// <summary>A choice by its name; null where none is made.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static T? Named<T>(ParseResult arguments, Option<string?> option, Func<string, T> parse)
        where T : struct
    {
        try
        {
            return arguments.GetValue(option) is { } name ? parse(name) : null;
        }
        catch (FormatException fault)
        {
            throw new UsageException($"{option.Name}: {fault.Message}");
        }
    }

    /// <summary>Which of the options are used, by name.</summary>
    public IEnumerable<string> Used(ParseResult arguments) => All.Where(option => arguments.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    /// <summary>The graph that computed features which are given; null where nothing is said of it.</summary>
    /// <exception cref="UsageException">A tensor or a preprocessing is named, but no graph.</exception>
    public BackboneRequest? ReadStated(ParseResult arguments)
    {
        var used = Used(arguments).ToArray();
        return used.Length == 0 ? null
            : arguments.GetValue(_model) is not null ? Read(arguments)
            : throw new UsageException($"{string.Join(", ", used)}: of which graph? Name the one that computed the features with --model ID|FILE, or leave {(used.Length == 1 ? "it" : "them")} out.");
    }
}
