namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Everything the markers have said so far: the frame, the tables and the signs of the colour space.</summary>
internal sealed class JpegFrame
{
    /// <summary>Longest side accepted, as libjpeg.</summary>
    public const int MaxDimension = 65500;

    private const int MaxComponents = 10;
    private const int MaxSamplingFactor = 4;

    public bool HasSoi { get; set; }

    public bool HasSof { get; set; }

    public int Width { get; set; }

    public int Height { get; set; }

    public int Precision { get; set; }

    public bool Progressive { get; set; }

    public bool Arithmetic { get; set; }

    public FrameComponent[] Components { get; set; } = [];

    public int MaxH { get; private set; } = 1;

    public int MaxV { get; private set; } = 1;

    /// <summary>Rows of fully interleaved MCUs.</summary>
    public int InterleavedRows { get; private set; }

    public ushort[]?[] QuantTables { get; } = new ushort[]?[4];

    public HuffmanSpecification?[] DcTables { get; } = new HuffmanSpecification?[4];

    public HuffmanSpecification?[] AcTables { get; } = new HuffmanSpecification?[4];

    /// <summary>Conditioning of arithmetic coding: lower and upper bound for DC, Kx for AC (ITU-T T.81, B.2.4.3).</summary>
    public byte[] ArithmeticDcLow { get; } = new byte[16];

    public byte[] ArithmeticDcHigh { get; } = new byte[16];

    public byte[] ArithmeticAcK { get; } = new byte[16];

    public int RestartInterval { get; set; }

    public bool HasJfif { get; set; }

    public bool HasAdobe { get; set; }

    public int AdobeTransform { get; set; }

    /// <summary>Scans begun so far.</summary>
    public int ScanCount { get; set; }

    public byte[]? Exif { get; set; }

    public static int DivideUp(long value, long by) => (int)((value + by - 1) / by);

    /// <summary>Checks the frame when its first scan begins and works out the sizes of its components.</summary>
    public void SetUp(JpegSource source)
    {
        if (Width > MaxDimension || Height > MaxDimension)
        {
            throw source.Error($"the picture is {Width} x {Height}; at most {MaxDimension} pixels a side are supported.");
        }

        if (Precision != 8)
        {
            throw source.Error($"samples have {Precision} bits; only 8-bit JPEG is supported. Convert the file.");
        }

        if (Components.Length > MaxComponents)
        {
            throw source.Error($"{Components.Length} colour components are declared; at most {MaxComponents} are possible.");
        }

        foreach (var component in Components)
        {
            if (component.H is < 1 or > MaxSamplingFactor || component.V is < 1 or > MaxSamplingFactor)
            {
                throw source.Error($"component {component.Id} has sampling factors {component.H} x {component.V}; 1 to 4 are possible.");
            }

            MaxH = Math.Max(MaxH, component.H);
            MaxV = Math.Max(MaxV, component.V);
        }

        foreach (var component in Components)
        {
            component.WidthInBlocks = DivideUp((long)Width * component.H, MaxH * 8);
            component.HeightInBlocks = DivideUp((long)Height * component.V, MaxV * 8);
            component.FirstBlock = 0;
            component.LastBlock = component.WidthInBlocks - 1;
        }

        InterleavedRows = DivideUp(Height, MaxV * 8);
    }
}
