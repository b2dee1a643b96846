using MlTransfer.Datasets.Images.Jpeg;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Preprocessing;

namespace MlTransfer.Features.Backbones;

/// <summary>What a user says of the backbone to use; what is null is taken from the catalog or read from the graph.</summary>
public sealed record BackboneRequest
{
    /// <summary>Id in the catalog, or path of a frozen graph; null for the catalog's first.</summary>
    public string? Model { get; init; }

    /// <summary>The graph's tensor that takes the images.</summary>
    public string? Input { get; init; }

    /// <summary>Tap or tensor that serves as features; null for the bottleneck.</summary>
    public string? Tensor { get; init; }

    /// <summary>Width and height of the input, in pixels, 1 to 16,384.</summary>
    public int? Size { get; init; }

    /// <summary>How samples are scaled.</summary>
    public PixelScaling? Scaling { get; init; }

    /// <summary>How photos are resized.</summary>
    public ResizeMethod? Resize { get; init; }

    /// <summary>JPEG inverse DCT.</summary>
    public JpegDct? Dct { get; init; }

    /// <summary>The numbers that the engine computes with; default: single precision.</summary>
    public Precision Precision { get; init; }

    /// <summary>Whether photos are turned upright by their EXIF orientation.</summary>
    public bool? ApplyExifOrientation { get; init; }
}
