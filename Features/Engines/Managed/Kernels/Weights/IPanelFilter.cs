namespace MlTransfer.Features.Engines.Managed.Kernels.Weights;

/// <summary>Weights in the form that a kernel reads, in panels that can be filled in any order and on any thread.</summary>
internal unsafe interface IPanelFilter
{
    /// <summary>Number of panels.</summary>
    int Panels { get; }

    /// <summary>Bytes of scratch space that filling a panel needs.</summary>
    int ScratchBytes { get; }

    /// <summary>Fills a panel from the weights of the graph; each is filled once.</summary>
    /// <param name="panel">Which.</param>
    /// <param name="scratch">Scratch space, aligned to 64 bytes.</param>
    void Fill(int panel, void* scratch);
}
