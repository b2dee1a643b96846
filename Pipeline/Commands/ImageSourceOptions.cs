using System.CommandLine;
using System.Text;
using MlTransfer.Datasets.Samples;
using MlTransfer.Datasets.Sources;
using MlTransfer.Features.Extraction;
using MlTransfer.Pipeline.Terminal;

namespace MlTransfer.Pipeline.Commands;

/// <summary>Options that say which images: a folder of label folders, or a list of paths and labels.</summary>
internal sealed class ImageSourceOptions
{
    private readonly Option<string?> _images = new("--images", "--image_dir", "-i")
    {
        Description = "Folder with one folder a label, or a .csv/.tsv list of path,label.",
        HelpName = "FOLDER|LIST",
    };

    private readonly Option<string?> _root = new("--root")
    {
        Description = "With a list: folder that its relative paths start from. Default: the list's own.",
        HelpName = "FOLDER",
    };

    private readonly Option<string?> _encoding = new("--encoding")
    {
        Description = "With a list: its text encoding, for example latin1. Default: by its byte order mark, else UTF-8.",
        HelpName = "NAME",
    };

    private readonly Option<string> _order = new("--order")
    {
        Description = "Order of labels and files: natural (img2 before img10) or ordinal (as Python's sorted).",
        DefaultValueFactory = _ => "natural",
    };

    private readonly Option<string> _onError = new("--on-error")
    {
        Description = "At an image that can not be read: skip (go on, list it at the end, exit 1) or stop.",
        DefaultValueFactory = _ => "skip",
    };

    /// <summary>Adds the options to a command.</summary>
    public ImageSourceOptions AddTo(Command command)
    {
        _order.AcceptOnlyFromAmong("natural", "ordinal");
        _onError.AcceptOnlyFromAmong("skip", "stop");
        foreach (var option in new Option[] { _images, _root, _encoding, _order, _onError })
        {
            command.Add(option);
        }

        return this;
    }

    /// <summary>Whether images are named at all.</summary>
    public bool IsGiven(ParseResult arguments) => arguments.GetValue(_images) is not null;

    /// <summary>What to do at an image that can not be read.</summary>
    public OnImageError OnError(ParseResult arguments) => arguments.GetValue(_onError) == "stop" ? OnImageError.Stop : OnImageError.Skip;

    /// <summary>Reads the names of the images.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="orSample">Whether the sample that ships stands in where none are named.</param>
    public ImageDataset Read(ParseResult arguments, bool orSample = false)
    {
        var images = arguments.GetValue(_images);
        if (images is null && !orSample)
        {
            throw new UsageException("Which images? Name a folder with one folder a label: --images FOLDER (or a list: --images LIST.csv).");
        }

        images ??= SampleDataset.Locate();
        var order = arguments.GetValue(_order) == "ordinal" ? ImageOrder.Ordinal : ImageOrder.Natural;
        if (File.Exists(images) || (!Directory.Exists(images) && Path.GetExtension(images).ToLowerInvariant() is ".csv" or ".tsv"))
        {
            return CsvListSource.Read(images, new CsvListOptions { Root = arguments.GetValue(_root), Encoding = EncodingOf(arguments.GetValue(_encoding)), Order = order });
        }

        return new[] { _root, _encoding }.FirstOrDefault(option => arguments.GetValue(option) is not null) is { } needless
            ? throw new UsageException($"{needless.Name} is for a list of images; {images} is a folder. Leave it out.")
            : ImageFolderSource.Read(images, new ImageFolderOptions { Order = order });
    }

    private static Encoding? EncodingOf(string? name)
    {
        try
        {
            return name is null ? null : Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            throw new UsageException($"--encoding {name}: there is no such text encoding; utf-8, utf-16 and latin1 are examples.");
        }
    }
}
