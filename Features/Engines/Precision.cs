namespace MlTransfer.Features.Engines;

/// <summary>The numbers that an engine computes with.</summary>
public enum Precision
{
    /// <summary>Single precision throughout.</summary>
    Float32,

    /// <summary>
    /// Convolutions for which it is faster multiply 7-bit values by 8-bit weights, with a step for each window and for each output
    /// channel; the rest is single precision. Features of photos change by about 3 % of their spread (root mean squares): they are others, and never mixed with exact ones.
    /// </summary>
    Int8,
}
