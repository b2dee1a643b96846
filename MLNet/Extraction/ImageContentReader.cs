using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlTransfer.Datasets.Images;

namespace MlTransfer.ML.Extraction;

/// <summary>Reads the image, and the label where there is one, of the row that a cursor stands on.</summary>
internal sealed class ImageContentReader
{
    private readonly DataViewRow _row;
    private readonly Func<string?, ImageContent> _image;
    private readonly Func<string?>? _label;
    private readonly string _columnName;
    private readonly string? _folder;

    /// <summary>Takes the getters of a row.</summary>
    /// <param name="row">The row, with the columns active.</param>
    /// <param name="image">The image column.</param>
    /// <param name="kind">What it holds.</param>
    /// <param name="label">The label column; null for none.</param>
    /// <param name="folder">Folder of relative paths; null for the noted one or the current.</param>
    public ImageContentReader(DataViewRow row, DataViewSchema.Column image, ImageColumnKind kind, DataViewSchema.Column? label, string? folder)
    {
        _row = row;
        _columnName = image.Name;
        _folder = (folder ?? ImageColumn.FolderOf(image)) is { Length: > 0 } named ? Path.GetFullPath(named) : null;
        _label = label is { } column ? LabelReader(row, column) : null;
        _image = kind switch
        {
            ImageColumnKind.Path => FromPath(row.GetGetter<ReadOnlyMemory<char>>(image)),
            ImageColumnKind.Bytes => FromBytes(row.GetGetter<VBuffer<byte>>(image)),
            _ => FromPixels(row.GetGetter<MLImage>(image)),
        };
    }

    /// <summary>The image of the current row, copied.</summary>
    public ImageContent Read() => _image(_label?.Invoke());

    /// <summary>The label column, where it can be read as text: text, or a key with text values.</summary>
    public static DataViewSchema.Column? UsableLabel(DataViewSchema schema, string name) =>
        schema.GetColumnOrNull(name) is { } column && (column.Type is TextDataViewType || (column.Type is KeyDataViewType && column.HasKeyValues(TextDataViewType.Instance)))
            ? column
            : null;

    private static Func<string?> LabelReader(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            var text = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> value = default;
            return () =>
            {
                text(ref value);
                return value.ToString();
            };
        }

        var names = KeyNames.Of(column);
        var key = KeyReader.Create(row, column);
        return () => key() is var index and >= 0 && index < names.Length ? names[index] : null;
    }

    private Func<string?, ImageContent> FromPath(ValueGetter<ReadOnlyMemory<char>> getter)
    {
        ReadOnlyMemory<char> value = default;
        return label =>
        {
            getter(ref value);
            var text = value.ToString();
            return string.IsNullOrWhiteSpace(text)
                ? new ImageContent(RowName())
                : new ImageContent(NameOf(text)) { Path = _folder is null ? Path.GetFullPath(text) : Path.GetFullPath(text, _folder), Label = label };
        };
    }

    private Func<string?, ImageContent> FromBytes(ValueGetter<VBuffer<byte>> getter)
    {
        VBuffer<byte> value = default;
        return label =>
        {
            getter(ref value);
            return value.Length == 0 ? new ImageContent(RowName()) : new ImageContent(RowName()) { File = [.. value.DenseValues()], Label = label };
        };
    }

    private Func<string?, ImageContent> FromPixels(ValueGetter<MLImage> getter)
    {
        MLImage? value = null;
        return label =>
        {
            getter(ref value!);
            return value is null ? new ImageContent(RowName()) : new ImageContent(RowName()) { Pixels = ToRgb(value), Label = label };
        };
    }

    /// <summary>The samples of an image without alpha; copied, since the image's owner may dispose of it.</summary>
    internal static ImageBuffer ToRgb(MLImage image)
    {
        var pixels = image.Pixels;
        var isBgra = image.PixelFormat switch
        {
            MLPixelFormat.Bgra32 => true,
            MLPixelFormat.Rgba32 => false,
            _ => throw new ImageFormatException($"the image's pixels are of format {image.PixelFormat}; {MLPixelFormat.Bgra32} or {MLPixelFormat.Rgba32} was expected."),
        };
        var samples = new byte[image.Width * image.Height * 3];
        var (red, blue) = isBgra ? (2, 0) : (0, 2);
        for (int from = 0, to = 0; to < samples.Length; from += 4, to += 3)
        {
            samples[to] = pixels[from + red];
            samples[to + 1] = pixels[from + 1];
            samples[to + 2] = pixels[from + blue];
        }

        return new ImageBuffer(image.Width, image.Height, 3, samples);
    }

    private string RowName() => string.Create(CultureInfo.InvariantCulture, $"{_columnName} of row {_row.Position}");

    private string NameOf(string path)
    {
        if (_folder is not null)
        {
            var relative = Path.GetRelativePath(_folder, Path.GetFullPath(path, _folder));
            if (!Path.IsPathRooted(relative) && relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                path = relative;
            }
        }

        return path.Replace(Path.DirectorySeparatorChar, '/');
    }
}
