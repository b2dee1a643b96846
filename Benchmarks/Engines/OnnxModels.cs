using MlTransfer.Features.Graphs.Exports;
using MlTransfer.Features.Graphs.Onnx;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>The networks as ONNX, for peers: exported from the same graphs into a folder that goes with this object.</summary>
internal sealed class OnnxModels : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mltransfer-peers-");

    /// <summary>Exports a network.</summary>
    /// <param name="path">What <see cref="EngineModel.Read"/> takes.</param>
    /// <param name="peerModel">An ONNX file of the same network to use instead; null to export one.</param>
    /// <param name="weights">How an exported file keeps its weights: as the graph's own file does, so that both sides load as many bytes.</param>
    public ComparedNet Export(string path, string? peerModel = null, ExportWeights weights = ExportWeights.Float)
    {
        var model = EngineModel.Read(path);
        var file = peerModel ?? Path.Combine(_folder.FullName, $"{Path.GetFileNameWithoutExtension(path)}.onnx");
        if (peerModel is null)
        {
            OnnxExport.Write(file, model.Graph, [model.Input], [model.Output], new OnnxExportOptions { Weights = weights });
        }

        return new ComparedNet(path, model.Input, model.Output, file);
    }

    /// <summary>Deletes a file that is not needed any more; some have half a gigabyte.</summary>
    public void Delete(ComparedNet net)
    {
        if (Path.GetDirectoryName(net.OnnxPath) == _folder.FullName)
        {
            File.Delete(net.OnnxPath);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}
