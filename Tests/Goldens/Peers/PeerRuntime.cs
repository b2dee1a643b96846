using System.Text.Json;

namespace MlTransfer.Goldens.Peers;

/// <summary>Another program that runs exported models: it is given them with what to feed, and runs all in one process.</summary>
/// <param name="script">The script of this folder that runs it.</param>
public abstract class PeerRuntime(string script) : IDisposable
{
    private readonly List<object> _jobs = [];

    /// <summary>The folder where models and tensors lie; removed on disposal.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("mltransfer-peer-").FullName;

    /// <summary>Adds a model, which lies in <see cref="Folder"/>, with what to feed.</summary>
    public void Add(string model, IReadOnlyDictionary<string, PeerTensor> inputs)
    {
        var described = new Dictionary<string, object>();
        foreach (var (name, tensor) in inputs)
        {
            var file = $"input-{_jobs.Count}-{described.Count}.bin";
            File.WriteAllBytes(Path.Combine(Folder, file), tensor.Bytes);
            described.Add(name, new { type = tensor.Type, dims = tensor.Extents, file });
        }

        _jobs.Add(new { model, inputs = described });
    }

    /// <summary>Runs all models; for each what it gave, or why it could not be run.</summary>
    public IReadOnlyList<(IReadOnlyDictionary<string, PeerTensor>? Outputs, string? Error)> Run()
    {
        File.WriteAllText(Path.Combine(Folder, "job.json"), JsonSerializer.Serialize(_jobs));
        NodeProgram.Run(script, Folder);
        using var results = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "result.json")));
        return [.. results.RootElement.EnumerateArray().Select(Read)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private (IReadOnlyDictionary<string, PeerTensor>? Outputs, string? Error) Read(JsonElement result)
    {
        if (result.TryGetProperty("error", out var error))
        {
            return (null, error.GetString());
        }

        return (result.GetProperty("outputs").EnumerateObject().ToDictionary(
            output => output.Name,
            output => new PeerTensor(
                output.Value.GetProperty("type").GetString()!,
                [.. output.Value.GetProperty("dims").EnumerateArray().Select(extent => extent.GetInt32())],
                File.ReadAllBytes(Path.Combine(Folder, output.Value.GetProperty("file").GetString()!)))), null);
    }
}
