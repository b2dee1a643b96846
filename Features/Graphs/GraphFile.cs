using MlTransfer.Features.Graphs.SavedModels;

namespace MlTransfer.Features.Graphs;

/// <summary>Reads a graph from whatever TensorFlow keeps it in: a frozen graph's file, or a SavedModel's folder. Stateless, hence thread-safe.</summary>
public static class GraphFile
{
    /// <summary>Whether there is something to read: a file, or a folder that is a SavedModel.</summary>
    public static bool Exists(string path) => File.Exists(path) || SavedModelReader.IsSavedModel(path);

    /// <summary>The file that identifies the graph by its bytes: the path itself, or saved_model.pb in the folder.</summary>
    public static string ContentOf(string path) => Directory.Exists(path) ? Path.Combine(path, SavedModelWriter.FileName) : path;

    /// <summary>Reads a graph.</summary>
    /// <param name="path">A .pb file, or the folder of a SavedModel.</param>
    /// <exception cref="GraphFormatException">Neither, or not a legal one; the message begins with the path.</exception>
    public static Graph Read(string path) => Directory.Exists(path) || Path.GetFileName(path) == SavedModelWriter.FileName
        ? SavedModelReader.Read(path).Graph
        : GraphDefReader.Read(path);
}
