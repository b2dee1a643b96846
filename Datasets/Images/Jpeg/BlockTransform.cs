namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>The inverse DCT of one component: which function, and the table it multiplies the coefficients by.</summary>
internal sealed unsafe class BlockTransform
{
    private readonly delegate*<short*, short*, byte*, nint, void> _transform;
    private readonly short* _multipliers;

    public BlockTransform(FrameComponent component, JpegDct dct, NativeArena arena)
    {
        _multipliers = arena.Allocate<short>(64);
        var isFast = component.DctSize == 8 && dct == JpegDct.Fast;
        _transform = component.DctSize switch
        {
            1 => &ReducedInverseDct.Transform1,
            2 => &ReducedInverseDct.Transform2,
            4 => &ReducedInverseDct.Transform4,
            _ => isFast ? &FastInverseDct.Transform : &AccurateInverseDct.Transform,
        };

        // A component that no scan has brought has no table: all its coefficients count as zero.
        if (component.QuantTable is { } table)
        {
            if (isFast)
            {
                FastInverseDct.MakeMultipliers(table, _multipliers);
            }
            else
            {
                for (var i = 0; i < 64; i++)
                {
                    _multipliers[i] = (short)table[i];
                }
            }
        }
    }

    public void Run(short* coefficients, byte* output, nint stride) => _transform(coefficients, _multipliers, output, stride);
}
