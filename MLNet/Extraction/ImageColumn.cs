using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;
using MlTransfer.Features.Backbones;

namespace MlTransfer.ML.Extraction;

/// <summary>Tells what kind of image column there is, and refuses others.</summary>
internal static class ImageColumn
{
    /// <summary>Annotation of a column of paths: the folder that names in a cache are relative to.</summary>
    public const string FolderAnnotation = "ImageFolder";

    /// <summary>The kind of a column of a promised schema.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds no images.</exception>
    public static ImageColumnKind KindIn(SchemaShape shape, string name, Backbone backbone)
    {
        var found = shape.Where(column => column.Name == name).ToArray();
        if (found.Length == 0)
        {
            throw Missing(name, shape.Select(column => column.Name));
        }

        var column = found[^1];
        var isVector = column.Kind != SchemaShape.Column.VectorKind.Scalar;
        return Checked(Kind(column.IsKey ? null : column.ItemType, isVector), name, $"{(column.IsKey ? "key of " : "")}{column.ItemType}{(isVector ? " vector" : "")}", backbone);
    }

    /// <summary>The kind of a column of data.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds no images.</exception>
    public static ImageColumnKind KindIn(DataViewSchema schema, string name, Backbone backbone)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
        {
            throw Missing(name, schema.Where(other => !other.IsHidden).Select(other => other.Name));
        }

        var vector = column.Type as VectorDataViewType;
        return Checked(Kind(vector?.ItemType ?? column.Type, vector is not null), name, column.Type.ToString()!, backbone);
    }

    /// <summary>The folder noted on a column of paths; null where there is none.</summary>
    public static string? FolderOf(DataViewSchema.Column column)
    {
        if (column.Annotations.Schema.GetColumnOrNull(FolderAnnotation)?.Type is not TextDataViewType)
        {
            return null;
        }

        ReadOnlyMemory<char> folder = default;
        column.Annotations.GetValue(FolderAnnotation, ref folder);
        return folder.ToString();
    }

    private static ImageColumnKind? Kind(DataViewType? item, bool isVector) => item switch
    {
        TextDataViewType when !isVector => ImageColumnKind.Path,
        NumberDataViewType when isVector && item == NumberDataViewType.Byte => ImageColumnKind.Bytes,
        ImageDataViewType when !isVector => ImageColumnKind.Pixels,
        _ => null,
    };

    private static ImageColumnKind Checked(ImageColumnKind? kind, string name, string type, Backbone backbone) => kind switch
    {
        null => throw new ArgumentException(
            $"The image column '{name}' is of type {type}; text (the path of an image file), a vector of Byte (its bytes) or an image (MLImage) was expected."),
        ImageColumnKind.Pixels when backbone.Preprocessing is null => throw new ArgumentException(
            $"The network {backbone.Id} decodes image files itself; the image column '{name}' holds decoded images. Give it paths or the bytes of the files, or name another input of the graph."),
        { } known => known,
    };

    private static ArgumentException Missing(string name, IEnumerable<string> columns) =>
        new($"There is no image column '{name}'; the data has {string.Join(", ", columns)}. Name the column of paths, bytes or images as imageColumn.");
}
