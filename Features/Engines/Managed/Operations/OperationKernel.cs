using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Operations;

/// <summary>The plain, obviously right form of an operation: inputs in the context, one tensor returned for each output.</summary>
internal delegate Tensor[] OperationKernel(OperationContext context);
