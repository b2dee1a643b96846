using System.Text;

namespace MlTransfer.Datasets.Sources;

/// <summary>How <see cref="CsvListSource"/> reads a list. What is null is told from the file.</summary>
public sealed record CsvListOptions
{
    /// <summary>The text's encoding; null: told by a byte order mark (UTF-8, UTF-16, UTF-32), else UTF-8, where a wrong byte is an error.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>The separator; null: the one of comma, semicolon, tab and vertical bar that makes sense of the first rows.</summary>
    public char? Separator { get; init; }

    /// <summary>Name of the column of paths (upper and lower case alike); null: told by its usual names, else by its content.</summary>
    public string? PathColumn { get; init; }

    /// <summary>Name of the column of labels (upper and lower case alike); null: told by its usual names, else the column beside the paths.</summary>
    public string? LabelColumn { get; init; }

    /// <summary>The folder that relative paths start from; null: the list's own folder.</summary>
    public string? Root { get; init; }

    /// <summary>A beginning to cut from every path that has it, such as <c>gs://bucket/</c> or <c>C:\data\</c>; null: none.</summary>
    public string? StripPrefix { get; init; }

    /// <summary>Order of the labels; images keep the list's order. Default <see cref="ImageOrder.Natural"/>.</summary>
    public ImageOrder Order { get; init; } = ImageOrder.Natural;
}
