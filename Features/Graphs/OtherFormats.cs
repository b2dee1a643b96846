using MlTransfer.Datasets.Images;

namespace MlTransfer.Features.Graphs;

/// <summary>Recognises files that users take for frozen graphs, so that the error says what they hold and what to do.</summary>
internal static class OtherFormats
{
    /// <summary>What a file is that is no binary GraphDef, and what would help; null where it is not known.</summary>
    /// <param name="file">Its bytes.</param>
    public static string? Describe(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> hdf5 = [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n'];
        if (file.StartsWith(hdf5))
        {
            return "it is an HDF5 file, as Keras writes them; load it in Keras and write it as a frozen graph";
        }

        if (file.Length > 8 && file[4..8].SequenceEqual("TFL3"u8))
        {
            return "it is a TensorFlow Lite model; take the graph that it was converted from";
        }

        if (file.StartsWith("PK\u0003\u0004"u8))
        {
            return "it is a zip archive (.keras and PyTorch's .pt are such); unpack it, or write the model as a frozen graph";
        }

        if (ImageFormats.Detect(file) != ImageFormat.Unknown)
        {
            return "it is a picture";
        }

        var text = file[..Math.Min(file.Length, 256)].TrimStart(" \t\r\n"u8);
        return text.StartsWith("meta_graphs"u8) || text.StartsWith("saved_model_schema"u8) ? "it is a SavedModel in text form; write it in binary form"
            : text.StartsWith("{"u8) ? "it is JSON (a TensorFlow.js model, maybe); a binary graph was expected"
            : text.StartsWith("version https://git-lfs"u8) ? "it is a Git LFS pointer, not the file itself; run git lfs pull"
            : text.StartsWith("<"u8) ? "it is a web page or XML; the download went wrong"
            : null;
    }

    /// <summary>What a folder is that was named in place of a graph.</summary>
    /// <param name="path">The folder.</param>
    public static string DescribeFolder(string path) =>
        File.Exists(Path.Combine(path, "saved_model.pb")) ? $"it is a SavedModel's folder; {nameof(GraphFile)} reads those"
        : File.Exists(Path.Combine(path, "saved_model.pbtxt")) ? "it is a SavedModel in text form; write it in binary form"
        : "it is a folder; name the graph's file";
}
