using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>A float tensor that lives in the arena: a block of its own, a slice of a concatenation's channels, or another name for a value of other shape.</summary>
internal sealed class ArenaValue(TensorShape shape)
{
    /// <summary>Extents.</summary>
    public TensorShape Shape { get; } = shape;

    /// <summary>The last extent, 1 for a scalar.</summary>
    public int Channels => Shape.Rank == 0 ? 1 : Shape[Shape.Rank - 1];

    /// <summary>The product of the other extents.</summary>
    public int Pixels
    {
        get
        {
            var pixels = 1;
            for (var i = 0; i < Shape.Rank - 1; i++)
            {
                pixels *= Shape[i];
            }

            return pixels;
        }
    }

    /// <summary>The value this one is part of, or null for a block of its own.</summary>
    public ArenaValue? Within { get; private set; }

    /// <summary>First channel within <see cref="Within"/>.</summary>
    public int FirstChannel { get; private set; }

    /// <summary>Whether this is some of the images of <see cref="Within"/>.</summary>
    public bool IsPart { get; private set; }

    /// <summary>Which images those are: as many parts lie before.</summary>
    public int Part { get; set; }

    /// <summary>Whether it belongs to a block that holds more images than it.</summary>
    public bool IsOfLargerBatch => IsPart || (Within?.IsOfLargerBatch ?? false);

    /// <summary>Whether this is another name for all of <see cref="Within"/>.</summary>
    public bool IsAlias { get; private set; }

    /// <summary>Whether pixels must follow one another without gaps, because the value is also read under another shape.</summary>
    public bool HasAliases { get; private set; }

    /// <summary>Whether it can still become a slice of a concatenation.</summary>
    public bool CanBecomeSlice => Within is null && !HasAliases && Shape.Rank > 0;

    /// <summary>Whether its pixels follow one another without gaps.</summary>
    public bool IsDense => Within is null || IsAlias;

    /// <summary>The block that holds it.</summary>
    public ArenaValue Root
    {
        get
        {
            var root = this;
            while (root.Within is { } outer)
            {
                root = outer;
            }

            return root;
        }
    }

    /// <summary>Floats from one pixel to the next.</summary>
    public int Pitch => IsAlias || Within is null ? Channels : Within.Pitch;

    /// <summary>First float, counted from the root's.</summary>
    public long OffsetInRoot => Within is null ? 0 : FirstChannel + (IsPart ? (long)Part * Pixels * Pitch : 0) + Within.OffsetInRoot;

    /// <summary>For a root: the first float in the arena, set by the memory plan.</summary>
    public long ArenaOffset { get; set; }

    /// <summary>For a root: the step that first writes it.</summary>
    public int FirstStep { get; set; } = int.MaxValue;

    /// <summary>For a root: the step that last touches it.</summary>
    public int LastStep { get; set; } = -1;

    /// <summary>Puts the value into a concatenation.</summary>
    public void PlaceIn(ArenaValue concatenation, int firstChannel)
    {
        Within = concatenation;
        FirstChannel = firstChannel;
    }

    /// <summary>Makes the value some of the images of one that is of more images and otherwise of the same shape.</summary>
    public void PlaceInBatch(ArenaValue batch)
    {
        Within = batch;
        IsPart = true;
    }

    /// <summary>The same floats under another shape. Only for values without gaps.</summary>
    public ArenaValue Alias(TensorShape shape)
    {
        HasAliases = true;
        return new ArenaValue(shape) { Within = this, IsAlias = true };
    }
}
