namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// From frame and options: the output's size and colours, how far each block is decoded, how each component is enlarged, and which
/// columns of MCUs a crop window needs (libjpeg's jdmaster.c, jdsample.c and jpeg_crop_scanline).
/// </summary>
internal sealed class OutputPlan
{
    // TensorFlow's bound on the samples of an output, jpeg_mem.cc.
    private const long MaxSamples = 1L << 29;

    // Above this many samples the file must have a byte for every SamplesPerByte of them.
    private const long UncheckedSamples = 1L << 26;
    private const long SamplesPerByte = 4096;

    public OutputPlan(JpegFrame frame, JpegDecodeOptions options, JpegSource source, int fileLength, bool isGrayScan)
    {
        Colour = ChooseColour(frame, options, source);
        Channels = Colour is ColourConversion.First or ColourConversion.RgbToGray ? 1 : 3;
        MinDctSize = 8 / options.Ratio;
        FullWidth = JpegFrame.DivideUp(frame.Width, options.Ratio);
        FullHeight = JpegFrame.DivideUp(frame.Height, options.Ratio);
        CheckSize(frame, options, source, fileLength);
        Window = options.Crop ?? new JpegCrop(0, 0, FullHeight, FullWidth);
        if (Window.Width < 1 || Window.Height < 1 || Window.X < 0 || Window.Y < 0
            || (long)Window.X + Window.Width > FullWidth || (long)Window.Y + Window.Height > FullHeight)
        {
            throw new ImageFormatException(
                $"The crop window y={Window.Y}, x={Window.X}, height={Window.Height}, width={Window.Width} is not inside the picture of {FullWidth} x {FullHeight} pixels.");
        }

        if (Colour == ColourConversion.First)
        {
            foreach (var component in frame.Components.Skip(1))
            {
                component.Needed = false;
            }
        }

        ScaleComponents(frame);
        ChooseMethods(frame, options, source);
        DecodedWidth = FullWidth;
        LastMcu = int.MaxValue;
        if (Window.Width != FullWidth)
        {
            CropColumns(frame, options, source, isGrayScan);
        }
    }

    public ColourConversion Colour { get; }

    /// <summary>Channels of the output.</summary>
    public int Channels { get; }

    /// <summary>Samples each way that a block of the largest component gives.</summary>
    public int MinDctSize { get; }

    /// <summary>Size of the whole picture in the output's scale.</summary>
    public int FullWidth { get; }

    public int FullHeight { get; }

    /// <summary>What of it is put out.</summary>
    public JpegCrop Window { get; }

    /// <summary>Pixels a row that are decoded: from the MCU that holds the window's left edge to its right edge.</summary>
    public int DecodedWidth { get; private set; }

    /// <summary>Columns of interleaved MCUs that are decoded.</summary>
    public int FirstMcu { get; private set; }

    public int LastMcu { get; private set; }

    /// <summary>Whether interpolation looks at the rows above and below.</summary>
    public bool NeedsContext { get; private set; }

    /// <summary>By component.</summary>
    public UpsamplingMethod[] Methods { get; private set; } = [];

    /// <summary>By component: rows that belong to one group of the picture's rows; the group has as many as the largest factor.</summary>
    public int[] GroupRows { get; private set; } = [];

    /// <summary>By component: how often a sample is repeated each way.</summary>
    public int[] HorizontalRepeats { get; private set; } = [];

    public int[] VerticalRepeats { get; private set; } = [];

    private static ColourConversion ChooseColour(JpegFrame frame, JpegDecodeOptions options, JpegSource source)
    {
        var count = frame.Components.Length;
        if (count is not (1 or 3 or 4))
        {
            throw source.Error($"the picture has {count} colour components; 1 (gray), 3 (YCbCr, RGB) and 4 (CMYK, YCCK) are supported.");
        }

        var channels = options.Channels == 0 ? Math.Min(count, 3) : options.Channels;
        switch (count)
        {
            case 1:
                return channels == 1 ? ColourConversion.First : ColourConversion.GrayToRgb;
            case 3:
                if (IsRgb(frame))
                {
                    return channels == 1 ? ColourConversion.RgbToGray : ColourConversion.RgbToRgb;
                }

                return channels == 1 ? ColourConversion.First : ColourConversion.YccToRgb;
            default:
                if (channels == 1)
                {
                    throw source.Error("a CMYK picture cannot be decoded to 1 channel; decode it to 3.");
                }

                return frame.HasAdobe && frame.AdobeTransform != 0 ? ColourConversion.YcckToRgb : ColourConversion.CmykToRgb;
        }
    }

    // The JFIF marker means YCbCr; else Adobe's transform decides, else the identifiers 'R', 'G', 'B'.
    private static bool IsRgb(JpegFrame frame)
    {
        if (frame.HasJfif)
        {
            return false;
        }

        return frame.HasAdobe
            ? frame.AdobeTransform == 0
            : frame.Components[0].Id == 'R' && frame.Components[1].Id == 'G' && frame.Components[2].Id == 'B';
    }

    private void CheckSize(JpegFrame frame, JpegDecodeOptions options, JpegSource source, int fileLength)
    {
        if ((long)frame.Width * frame.Height > options.MaxPixels)
        {
            throw source.Error($"the picture has {frame.Width} x {frame.Height} pixels; at most {options.MaxPixels} are accepted (MaxPixels).");
        }

        if ((long)FullWidth * FullHeight * frame.Components.Length >= MaxSamples)
        {
            throw source.Error($"the picture has {FullWidth} x {FullHeight} pixels of {frame.Components.Length} components; fewer than {MaxSamples} samples are accepted.");
        }

        var samples = (long)frame.Width * frame.Height * frame.Components.Length;
        if (samples > UncheckedSamples && samples / SamplesPerByte > fileLength)
        {
            throw source.Error($"the picture claims {frame.Width} x {frame.Height} pixels, which a file of {fileLength} bytes cannot hold.");
        }
    }

    private void ScaleComponents(JpegFrame frame)
    {
        foreach (var component in frame.Components)
        {
            // Chroma is rather decoded to more samples than enlarged afterwards.
            var size = MinDctSize;
            while (size < 8
                && frame.MaxH * MinDctSize % (component.H * size * 2) == 0
                && frame.MaxV * MinDctSize % (component.V * size * 2) == 0)
            {
                size *= 2;
            }

            component.DctSize = size;
            component.DownsampledWidth = JpegFrame.DivideUp((long)frame.Width * component.H * size, frame.MaxH * 8);
            component.DownsampledHeight = JpegFrame.DivideUp((long)frame.Height * component.V * size, frame.MaxV * 8);
        }
    }

    private void ChooseMethods(JpegFrame frame, JpegDecodeOptions options, JpegSource source)
    {
        var count = frame.Components.Length;
        Methods = new UpsamplingMethod[count];
        GroupRows = new int[count];
        HorizontalRepeats = new int[count];
        VerticalRepeats = new int[count];
        var isFancy = options.FancyUpsampling && MinDctSize > 1;
        foreach (var component in frame.Components)
        {
            var index = component.Index;
            var width = component.H * component.DctSize / MinDctSize;
            var height = component.V * component.DctSize / MinDctSize;
            var isHalfWidth = width * 2 == frame.MaxH;
            var isHalfHeight = height * 2 == frame.MaxV;
            GroupRows[index] = height;
            if (!component.Needed)
            {
                continue;
            }

            if (width == frame.MaxH && height == frame.MaxV)
            {
                Methods[index] = UpsamplingMethod.Full;
            }
            else if (isFancy && isHalfWidth && height == frame.MaxV && component.DownsampledWidth > 2)
            {
                Methods[index] = UpsamplingMethod.FancyWidth;
            }
            else if (isFancy && width == frame.MaxH && isHalfHeight)
            {
                Methods[index] = UpsamplingMethod.FancyHeight;
                NeedsContext = true;
            }
            else if (isFancy && isHalfWidth && isHalfHeight && component.DownsampledWidth > 2)
            {
                Methods[index] = UpsamplingMethod.FancyBoth;
                NeedsContext = true;
            }
            else if (frame.MaxH % width == 0 && frame.MaxV % height == 0)
            {
                Methods[index] = UpsamplingMethod.Repeat;
                HorizontalRepeats[index] = frame.MaxH / width;
                VerticalRepeats[index] = frame.MaxV / height;
            }
            else
            {
                throw source.Error(
                    $"component {component.Id} has sampling factors {component.H} x {component.V} of {frame.MaxH} x {frame.MaxV}; only whole ratios are supported.");
            }
        }
    }

    private void CropColumns(JpegFrame frame, JpegDecodeOptions options, JpegSource source, bool isGrayScan)
    {
        var mcuWidth = isGrayScan ? MinDctSize : MinDctSize * frame.MaxH;
        var left = Window.X / mcuWidth * mcuWidth;
        DecodedWidth = Window.Width + Window.X - left;
        FirstMcu = left / mcuWidth;
        LastMcu = JpegFrame.DivideUp(left + DecodedWidth, mcuWidth) - 1;
        var mustChooseAgain = false;
        foreach (var component in frame.Components)
        {
            var factor = isGrayScan ? 1 : component.H;
            var width = JpegFrame.DivideUp((long)DecodedWidth * component.H * component.DctSize, frame.MaxH * MinDctSize);
            mustChooseAgain |= width < 2 && component.DownsampledWidth >= 2;
            component.DownsampledWidth = width;
            component.FirstBlock = left * factor / mcuWidth;
            component.LastBlock = JpegFrame.DivideUp((long)(left + DecodedWidth) * factor, mcuWidth) - 1;
        }

        if (mustChooseAgain)
        {
            // Too narrow to interpolate; that rows are kept for context stays.
            ChooseMethods(frame, options, source);
        }
    }
}
