using MlTransfer.Features.Engines.Managed.Binding;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Runs an operation's plain kernel on managed tensors.</summary>
/// <param name="node">The node.</param>
/// <param name="inputs">Slots of the inputs.</param>
/// <param name="constants">For each input, its value where it is known, else null.</param>
/// <param name="outputs">Slots of the outputs.</param>
/// <param name="producer">GraphDef version of the graph's producer.</param>
internal sealed class HostStep(BoundNode node, IReadOnlyList<int> inputs, IReadOnlyList<Tensor?> constants, IReadOnlyList<int> outputs, int producer)
    : Step(node.Name, $"plain {node.Op}", [], [])
{
    /// <inheritdoc/>
    public override TensorShape? ResultShape(RunState state) => outputs.Count > 0 ? state.Host[outputs[0]]!.Shape : null;

    /// <inheritdoc/>
    public override long Bytes(RunState state) =>
        inputs.Select((slot, i) => constants[i] ?? state.Host[slot]!).Concat(outputs.Select(slot => state.Host[slot]!)).Sum(tensor => tensor.Bytes);

    /// <inheritdoc/>
    public override void Run(RunState state)
    {
        var values = new Tensor[inputs.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = constants[i] ?? state.Host[inputs[i]]!;
        }

        var results = KernelRunner.Run(node, values, producer, null);
        for (var i = 0; i < results.Length; i++)
        {
            state.Host[outputs[i]] = results[i];
        }
    }
}
