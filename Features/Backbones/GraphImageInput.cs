using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.Descriptions;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Backbones;

/// <summary>The place where a graph takes images, as far as the graph itself tells.</summary>
/// <param name="Tensor">The tensor to feed.</param>
/// <param name="TakesFiles">Whether it is a string: the bytes of an image file, which the graph decodes.</param>
/// <param name="Batch">Images at once where the graph pins it, else null.</param>
/// <param name="Height">Height in pixels where the graph states it.</param>
/// <param name="Width">Width in pixels where the graph states it.</param>
internal sealed record GraphImageInput(string Tensor, bool TakesFiles, int? Batch, int? Height, int? Width)
{
    /// <summary>The input asked for, else the one that most likely takes images.</summary>
    /// <exception cref="GraphFormatException">None takes images, or none is fit for them.</exception>
    public static GraphImageInput Find(GraphDescription graph, string? asked)
    {
        var tensor = asked is null
            ? graph.SuggestedInput ?? throw new GraphFormatException($"{graph.Source}: the graph has no placeholder to feed; say which tensor takes the images with --input NAME")
            : NodeInput.Parse(asked).ToString();
        if (graph.Inputs.FirstOrDefault(input => input.Tensor == tensor) is not { } known)
        {
            // A tensor in the middle of the graph, such as the 2015 graph's Mul:0: of it nothing is stated.
            return new GraphImageInput(tensor, false, null, null, null);
        }

        if (known.Type == DataType.String)
        {
            return new GraphImageInput(tensor, true, 1, null, null);
        }

        var extents = known.Shape.Extents;
        if (known.Type != DataType.Float32 || extents is { Count: not 4 } || (extents is not null && extents[3] is not (3 or -1)))
        {
            throw new GraphFormatException(
                $"{graph.Source}: input {tensor} is {Tensors.Tensor.NameOf(known.Type)} {known.Shape}; images are float [N,height,width,3], or a string of a file's bytes. The graph's inputs: {string.Join(", ", graph.Inputs.Take(10).Select(input => input.Tensor))}; name another with --input");
        }

        int? At(int dimension) => extents?[dimension] is > 0 and <= int.MaxValue and var extent ? (int)extent : null;
        return new GraphImageInput(tensor, false, At(0), At(1), At(2));
    }
}
