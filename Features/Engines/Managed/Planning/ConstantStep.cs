using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Puts a tensor that is known into its slot.</summary>
internal sealed class ConstantStep(string name, Tensor value, int slot) : Step(name, "constant", [], [])
{
    /// <inheritdoc/>
    public override void Run(RunState state) => state.Host[slot] = value;
}
