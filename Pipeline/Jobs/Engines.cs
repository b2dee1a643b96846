using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;

namespace MlTransfer.Pipeline.Jobs;

/// <summary>The engines there are.</summary>
internal static class Engines
{
    /// <summary>The one that is used unless another is asked for.</summary>
    public static IGraphEngine Default { get; } = new ManagedEngine();
}
