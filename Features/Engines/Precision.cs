namespace MlTransfer.Features.Engines;

/// <summary>The numbers that an engine computes with.</summary>
public enum Precision
{
    /// <summary>Single precision throughout.</summary>
    Float32,

    /// <summary>
    /// Convolutions for which it is faster multiply bytes by 7-bit weights, with a step for each output channel and for each window; the rest
    /// is single precision. Features change by about a hundredth of their spread: they are others, and are never mixed with exact ones.
    /// </summary>
    Int8,
}
