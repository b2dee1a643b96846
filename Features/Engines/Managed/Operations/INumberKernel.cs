using System.Numerics;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>A kernel written once for every number type; <see cref="NumberKernel"/> chooses the type.</summary>
internal interface INumberKernel
{
    /// <summary>Computes an operation whose inputs are stored as <typeparamref name="T"/>.</summary>
    static abstract Tensor[] Run<T>(OperationContext context)
        where T : unmanaged, INumber<T>, IMinMaxValue<T>;
}
