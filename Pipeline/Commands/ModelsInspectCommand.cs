using System.CommandLine;
using System.Globalization;
using MlTransfer.Features.Backbones;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Tensors;
using MlTransfer.Pipeline.Terminal;
using MlTransfer.Trainers.Evaluation;

namespace MlTransfer.Pipeline.Commands;

/// <summary><c>models inspect</c>: what a graph holds.</summary>
internal sealed class ModelsInspectCommand : ICommand
{
    private readonly Argument<string> _file = new("graph") { Description = "A frozen TensorFlow graph (.pb), or the id of a model of 'models list'." };

    /// <summary>Declares the options.</summary>
    public ModelsInspectCommand() => Definition.Add(_file);

    /// <inheritdoc/>
    public Command Definition { get; } = new("inspect", "Say what a graph holds: inputs, outputs, operations, sizes, and which tensor looks like the bottleneck.");

    /// <inheritdoc/>
    public string[] Examples { get; } = ["mltransfer models inspect my_graph.pb", "mltransfer models inspect inception_v3_nsfwjs --json"];

    /// <inheritdoc/>
    public int Run(CommandContext context)
    {
        var output = context.Output;
        var named = context.Arguments.GetRequiredValue(_file);
        var path = File.Exists(named) ? named : BackboneCatalog.Load().Backbones.FirstOrDefault(backbone => backbone.Id == named)?.GraphPath ?? named;
        var graph = GraphDescription.Of(GraphDefReader.Read(path));
        output.Line(TextTable.Render(
        [
            ["File", path],
            ["Size", string.Create(CultureInfo.InvariantCulture, $"{new FileInfo(path).Length / 1048576.0:0.0} MiB")],
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
            bytes = new FileInfo(path).Length,
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
}
