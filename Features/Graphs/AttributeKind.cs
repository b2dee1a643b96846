namespace MlTransfer.Features.Graphs;

/// <summary>What an attribute of a node holds (the cases of TensorFlow's AttrValue).</summary>
public enum AttributeKind
{
    /// <summary>Bytes, most often text.</summary>
    Bytes,

    /// <summary>A 64-bit integer.</summary>
    Int,

    /// <summary>A 32-bit float.</summary>
    Float,

    /// <summary>A boolean.</summary>
    Bool,

    /// <summary>An element type.</summary>
    Type,

    /// <summary>A shape, perhaps partly unknown.</summary>
    Shape,

    /// <summary>A tensor.</summary>
    Tensor,

    /// <summary>The name of a function with its attributes.</summary>
    Function,

    /// <summary>A list of any of these.</summary>
    List,

    /// <summary>The name of an attribute of the enclosing function.</summary>
    Placeholder,
}
