using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Reference;

/// <summary>The function calls of one run; not thread-safe.</summary>
internal sealed class FunctionCaller : IFunctionCaller
{
    /// <summary>Deepest nesting of calls, which bounds the stack: 64.</summary>
    private const int MaxDepth = 64;

    /// <summary>Most calls in a run, which bounds functions that call each other twice and loops without end: 2^20.</summary>
    private const int MaxCalls = 1 << 20;

    private readonly FunctionLibrary _library;
    private readonly CancellationToken _cancellation;
    private int _depth;
    private int _calls;

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

        if (++_calls > MaxCalls)
        {
            throw new OperationException($"node '{caller.Name}' ({caller.Op}): more than {MaxCalls} function calls in one run; does a loop never end?");
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
