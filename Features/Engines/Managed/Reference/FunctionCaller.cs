using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Reference;

/// <summary>The function calls of one run; not thread-safe.</summary>
internal sealed class FunctionCaller : IFunctionCaller
{
    /// <summary>Deepest nesting of calls, which bounds the stack: 64.</summary>
    private const int MaxDepth = 64;

    private readonly FunctionLibrary _library;
    private readonly CancellationToken _cancellation;
    private int _depth;

    public FunctionCaller(FunctionLibrary library, CancellationToken cancellation)
    {
        _library = library;
        _cancellation = cancellation;
    }

    public IReadOnlyList<Tensor> Call(GraphNode caller, FunctionReference function, IReadOnlyList<Tensor> arguments)
    {
        if (_depth == MaxDepth)
        {
            throw new OperationException(
                $"node '{caller.Name}' ({caller.Op}) calls function '{function.Name}' at depth {MaxDepth}; deeper nesting is refused (does the function call itself?)");
        }

        _cancellation.ThrowIfCancellationRequested();
        _depth++;
        try
        {
            return _library.Get(caller, function, arguments.Count).Run(arguments, this, _cancellation);
        }
        finally
        {
            _depth--;
        }
    }
}
