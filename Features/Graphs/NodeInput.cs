namespace MlTransfer.Features.Graphs;

/// <summary>One input of a node: another node's output, or a control dependency.</summary>
/// <param name="Node">Name of the producing node (in a function body also of an argument).</param>
/// <param name="Output">In a function body, the output argument's name ("node:arg:index"); else null.</param>
/// <param name="Index">Index of the output, or within <paramref name="Output"/>; −1 for a control dependency.</param>
public readonly record struct NodeInput(string Node, string? Output, int Index)
{
    /// <summary>Whether only the order is given: the producer must have run, no value is passed.</summary>
    public bool IsControl => Index < 0;

    /// <summary>Reads TensorFlow's spellings: "node", "node:1", "node:arg:0", "^node".</summary>
    /// <exception cref="GraphFormatException">The text is none of these.</exception>
    public static NodeInput Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.StartsWith('^'))
        {
            return new NodeInput(text[1..], null, -1);
        }

        var parts = text.Split(':');
        var index = 0;
        if (parts.Length > 3 || parts[0].Length == 0 ||
            (parts.Length > 1 && !int.TryParse(parts[^1], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out index)))
        {
            throw new GraphFormatException($"'{text}' is not a tensor name; 'node', 'node:output' or '^node' is expected");
        }

        return new NodeInput(parts[0], parts.Length == 3 ? parts[1] : null, index);
    }

    /// <summary>The canonical spelling, "node:index" or "^node".</summary>
    public override string ToString() => IsControl ? $"^{Node}" : Output is null ? $"{Node}:{Index}" : $"{Node}:{Output}:{Index}";
}
