using System.CommandLine;
using System.Globalization;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Graphs.Onnx;
using MlTransfer.Features.Graphs.TensorFlowJs;
using MlTransfer.Features.Tensors;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>models inspect</c>: what a graph holds.</summary>
internal sealed class ModelsInspectCommand : ICommand
{
    private readonly Argument<string> _file = new("graph") { Description = "A frozen TensorFlow graph (.pb), a SavedModel's folder, an ONNX model, a TensorFlow.js model (model.json), or the id of a model of 'models list'." };

    /// <summary>Declares the options.</summary>
    public ModelsInspectCommand() => Definition.Add(_file);

    /// <inheritdoc/>
    public Command Definition { get; } = new("inspect", "Say what a graph holds: inputs, outputs, operations, sizes, and which tensor looks like the bottleneck.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer models inspect my_graph.pb", "mltransfer models inspect inception_v3_nsfwjs --json", "mltransfer models inspect flowers.onnx"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var output = context.Output;
        var named = context.Arguments.GetRequiredValue(_file);
        if (Path.GetExtension(named) == ".onnx")
        {
            var onnx = OnnxDescription.Read(named);
            SayForeign(output, named, $"ONNX, operator set {onnx.OperatorSet}, by {onnx.Producer}", onnx.Inputs, onnx.Outputs, onnx.Operations, onnx.ParameterCount, onnx.ParameterBytes);
            output.Result(new { file = Path.GetFullPath(named), format = "onnx", onnx });
            return ExitCode.Success;
        }

        if (WebModelDescription.IsWebModel(named))
        {
            var web = WebModelDescription.Read(named);
            SayForeign(output, named, $"TensorFlow.js {web.Format}", web.Inputs, web.Outputs, web.Operations, web.ParameterCount, web.ParameterBytes);
            output.Result(new { file = Path.GetFullPath(named), format = "tfjs", web });
            return ExitCode.Success;
        }

        var path = GraphFile.Exists(named) ? named : BackboneCatalog.Load().Backbones.FirstOrDefault(backbone => backbone.Id == named)?.GraphPath ?? named;
        var graph = GraphDescription.Of(GraphFile.Read(path));
        output.Line(TextTable.Render(
        [
            ["File", path],
            ["Size", string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(GraphFile.ContentOf(path)).Length / 1048576.0:0.0} MiB")],
            ["Nodes", string.Create(CultureInfo.InvariantCulture, $"{graph.NodeCount} (functions: {graph.FunctionCount}; GraphDef producer {graph.Producer})")],
            ["Weights", string.Create(CultureInfo.InvariantCulture, $"{graph.ParameterCount:N0} in {graph.ParameterBytes / 1048576.0:0.0} MiB")],
        ], leftColumns: 2));
        output.Line(TextTable.Render([["Input", "Type", "Shape"], .. graph.Inputs.Select(input => (string[])[input.Tensor, Tensor.NameOf(input.Type), input.Shape.ToString()])], leftColumns: 3));
        output.Line(TextTable.Render([["Output", "Type", "Operation"], .. graph.Outputs.Take(20).Select(tensor => (string[])[tensor.Tensor, Tensor.NameOf(tensor.Type), tensor.Op])], leftColumns: 3));
        output.Line(TextTable.Render([["Operation", "Nodes", ""], .. graph.Operations.Select(op => (string[])[op.Op, op.Count.ToString(CultureInfo.InvariantCulture), op.IsSupported ? "" : "not supported"])]));
        if (graph.BottleneckCandidates.Count > 0)
        {
            output.Line(TextTable.Render([["Features", "Why"], .. graph.BottleneckCandidates.Take(10).Select(tensor => (string[])[tensor.Tensor, tensor.Reason])], leftColumns: 2));
        }

        output.Result(new
        {
            file = Path.GetFullPath(path),
            bytes = new FileInfo(GraphFile.ContentOf(path)).Length,
            graph.Producer,
            graph.NodeCount,
            graph.FunctionCount,
            graph.ParameterCount,
            graph.ParameterBytes,
            inputs = graph.Inputs.Select(input => new { input.Tensor, type = Tensor.NameOf(input.Type), shape = input.Shape.Extents, input.HasDefault }),
            outputs = graph.Outputs.Select(tensor => new { tensor.Tensor, type = Tensor.NameOf(tensor.Type), tensor.Op }),
            graph.Operations,
            graph.SuggestedInput,
            graph.BottleneckCandidates,
        });
        return ExitCode.Success;
    }

    private static void SayForeign(
        CommandOutput output, string path, string format, IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, IReadOnlyDictionary<string, int> operations, long parameters, long bytes)
    {
        output.Line(TextTable.Render(
        [
            ["File", path],
            ["Format", format],
            ["Weights", string.Create(CultureInfo.InvariantCulture, $"{parameters:N0} in {bytes / 1048576.0:0.0} MiB")],
            ["Inputs", string.Join("; ", inputs)],
            ["Outputs", string.Join("; ", outputs)],
        ], leftColumns: 2));
        output.Line(TextTable.Render([["Operation", "Nodes"], .. operations.Select(op => (string[])[op.Key, op.Value.ToString(CultureInfo.InvariantCulture)])]));
    }
}
