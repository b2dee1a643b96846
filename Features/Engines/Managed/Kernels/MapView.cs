namespace MlTransfer.Features.Engines.Managed.Kernels;

/// <summary>Where an NHWC map lies: its first float, and how many floats one pixel is from the next (more than its channels where it is part of a concatenation).</summary>
internal readonly unsafe struct MapView(float* data, int pitch)
{
    /// <summary>First float.</summary>
    public float* Data { get; } = data;

    /// <summary>Floats from one pixel to the next.</summary>
    public int Pitch { get; } = pitch;
}
