namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>
/// Runs one decoding: headers, then either one scan row by row of MCUs, or all scans into coefficients and those into rows.
/// </summary>
internal sealed unsafe class JpegDecompressor : IDisposable
{
    // A file can repeat tiny scans over a large picture without end; real ones have about ten, the densest possible some 3,600.
    private const int MaxScans = 4000;

    // Blocks decoded in all scans together: 128 scans of the largest picture.
    private const long MaxBlocks = 1L << 30;

    private readonly NativeArena _arena = new();
    private readonly JpegDecodeOptions _options;
    private readonly JpegFrame _frame = new();
    private readonly JpegSource _source;
    private readonly MarkerReader _markers;
    private readonly int _fileLength;

    public JpegDecompressor(byte* file, int length, JpegDecodeOptions options)
    {
        _options = options;
        _fileLength = length;
        _source = new JpegSource(file, length, options.TryRecoverTruncated);
        _markers = new MarkerReader(_source, _frame);
    }

    public ImageBuffer Decode()
    {
        try
        {
            var scan = _markers.ReadToScan() ?? throw _source.Error("the file has no picture: its end comes before any scan (SOS).");
            _frame.SetUp(_source);
            var hasSeveralScans = scan.Components.Length < _frame.Components.Length || _frame.Progressive;
            var isGrayScan = _frame.Components.Length == 1;
            var plan = new OutputPlan(_frame, _options, _source, _fileLength, isGrayScan);
            var entropy = MakeEntropyDecoder();
            StartScan(scan, entropy);
            var rowBytes = plan.Window.Width * plan.Channels;
            var samples = GC.AllocateUninitializedArray<byte>(rowBytes * plan.Window.Height);
            fixed (byte* output = samples)
            {
                var rowsDone = hasSeveralScans ? DecodeScans(scan, entropy, plan, output) : DecodeScan(scan, entropy, plan, output);
                CheckFraction(rowsDone, plan.Window.Height);
                samples.AsSpan(rowsDone * rowBytes).Clear();
            }

            return new ImageBuffer(plan.Window.Width, plan.Window.Height, plan.Channels, samples);
        }
        catch (JpegSuspendedException)
        {
            throw _source.Error("the file ends too early; it is cut short.");
        }
    }

    public JpegInfo ReadInfo()
    {
        try
        {
            var reader = new MarkerReader(_source, _frame) { KeepExif = true };
            if (reader.ReadToScan() is null)
            {
                throw _source.Error("the file has no picture: its end comes before any scan (SOS).");
            }

            _frame.SetUp(_source);
            return new JpegInfo(_frame.Width, _frame.Height, _frame.Components.Length, _frame.Progressive, _frame.Arithmetic, _frame.Exif);
        }
        catch (JpegSuspendedException)
        {
            throw _source.Error("the file ends too early; it is cut short.");
        }
    }

    public void Dispose() => _arena.Dispose();

    private EntropyDecoder MakeEntropyDecoder()
    {
        if (_frame.Arithmetic)
        {
            return new ArithmeticDecoder(_frame, _source, _markers, _arena);
        }

        return _frame.Progressive
            ? new ProgressiveHuffmanDecoder(_frame, _source, _markers, _arena)
            : new SequentialHuffmanDecoder(_frame, _source, _markers, _arena);
    }

    private void StartScan(JpegScan scan, EntropyDecoder entropy)
    {
        if (!scan.TryLayOut(_frame))
        {
            throw _source.Error($"an MCU of the scan has more than {JpegScan.MaxBlocksInMcu} blocks.");
        }

        foreach (var component in scan.Components)
        {
            if (component.QuantTable is null)
            {
                var table = component.QuantSlot < 4 ? _frame.QuantTables[component.QuantSlot] : null;
                component.QuantTable = table
                    ?? throw _source.Error($"component {component.Id} uses quantisation table {component.QuantSlot}, which the file does not define.");
            }
        }

        entropy.Start(scan);
    }

    private SamplePlane[] MakePlanes(OutputPlan plan) => _frame.Components
        .Select(component =>
        {
            var mcus = Math.Min(plan.LastMcu, JpegFrame.DivideUp(_frame.Width, 8)) - plan.FirstMcu + 1;
            var blocks = Math.Min(component.WidthInBlocks, mcus * component.H);
            return new SamplePlane(component, component.Needed ? blocks + component.H : 0, _arena);
        })
        .ToArray();

    private BlockTransform[] MakeTransforms() =>
        _frame.Components.Select(component => new BlockTransform(component, _options.Dct, _arena)).ToArray();

    // One scan holds everything: each row of MCUs is decoded, transformed and put out.
    private int DecodeScan(JpegScan scan, EntropyDecoder entropy, OutputPlan plan, byte* output)
    {
        var planes = MakePlanes(plan);
        var transforms = MakeTransforms();
        var emitter = new RowEmitter(_frame, plan, _options.Rules, planes, output, _arena);
        var coefficients = _arena.Allocate<short>(64 * scan.BlocksInMcu);
        var blocks = stackalloc short*[JpegScan.MaxBlocksInMcu];
        for (var i = 0; i < scan.BlocksInMcu; i++)
        {
            blocks[i] = scan.Components[scan.Membership[i]].Needed ? coefficients + (64 * i) : null;
        }

        try
        {
            for (var row = 0; row < _frame.InterleavedRows; row++)
            {
                DecodeMcuRow(scan, entropy, plan, planes, transforms, row, coefficients, blocks);
                emitter.Emit(row);
                if (emitter.IsComplete && plan.Window.Y + plan.Window.Height < plan.FullHeight)
                {
                    // What is below the window does not count, not even a missing end.
                    return emitter.RowsDone;
                }
            }
        }
        catch (JpegSuspendedException)
        {
            return emitter.RowsDone;
        }

        ReadToEnd();
        return emitter.RowsDone;
    }

    private void DecodeMcuRow(
        JpegScan scan, EntropyDecoder entropy, OutputPlan plan, SamplePlane[] planes, BlockTransform[] transforms, int row, short* coefficients, short** blocks)
    {
        var isLastRow = row == _frame.InterleavedRows - 1;
        var isSkipped = (row + 2) * plan.MinDctSize * _frame.MaxV <= plan.Window.Y;
        var mcuRows = scan.McuRowsIn(row, _frame);
        for (var mcuRow = 0; mcuRow < mcuRows; mcuRow++)
        {
            for (var mcu = 0; mcu < scan.McusPerRow; mcu++)
            {
                new Span<short>(coefficients, 64 * scan.BlocksInMcu).Clear();
                entropy.DecodeMcu(blocks);
                if (isSkipped || mcu < plan.FirstMcu || mcu > plan.LastMcu)
                {
                    continue;
                }

                var block = coefficients;
                foreach (var component in scan.Components)
                {
                    if (!component.Needed)
                    {
                        block += 64 * component.McuWidth * component.McuHeight;
                        continue;
                    }

                    var plane = planes[component.Index];
                    var transform = transforms[component.Index];
                    var size = component.DctSize;
                    var usefulWidth = mcu < scan.McusPerRow - 1 ? component.McuWidth : component.LastColumnWidth;
                    var left = plane.McuRow(row) + ((mcu - plan.FirstMcu) * component.McuWidth * size);
                    for (var y = 0; y < component.McuHeight; y++)
                    {
                        if (!isLastRow || mcuRow + y < component.LastRowHeight)
                        {
                            var target = left + ((mcuRow + y) * size * plane.Stride);
                            for (var x = 0; x < usefulWidth; x++, target += size)
                            {
                                transform.Run(block + (64 * x), target, plane.Stride);
                            }
                        }

                        block += 64 * component.McuWidth;
                    }
                }
            }
        }
    }

    // Several scans: all are decoded into coefficients first.
    private int DecodeScans(JpegScan firstScan, EntropyDecoder entropy, OutputPlan plan, byte* output)
    {
        var coefficients = _frame.Components.Select(component => new CoefficientPlane(component, _arena)).ToArray();
        var lastGoodRow = 0;
        long blocks = 0;
        for (var scan = firstScan; scan is not null;)
        {
            blocks += scan.Components.Sum(component => (long)component.WidthInBlocks * component.HeightInBlocks);
            if (blocks > MaxBlocks)
            {
                throw _source.Error($"the scans so far code {blocks} blocks; at most {MaxBlocks} are decoded.");
            }

            lastGoodRow = DecodeInto(scan, entropy, coefficients);
            scan = _markers.ReadToScan();
            if (scan is not null)
            {
                if (_frame.ScanCount > MaxScans)
                {
                    throw _source.Error($"the file has more than {MaxScans} scans.");
                }

                StartScan(scan, entropy);
            }
        }

        var planes = MakePlanes(plan);
        var transforms = MakeTransforms();
        var smoothers = BlockSmoother.TryMake(_frame, coefficients, _options.Rules, _arena);
        var emitter = new RowEmitter(_frame, plan, _options.Rules, planes, output, _arena);
        for (var row = 0; row < _frame.InterleavedRows && !emitter.IsComplete; row++)
        {
            if ((row + 2) * plan.MinDctSize * _frame.MaxV <= plan.Window.Y)
            {
                continue;
            }

            foreach (var component in _frame.Components.Where(component => component.Needed))
            {
                TransformRow(component, coefficients[component.Index], smoothers?[component.Index], transforms[component.Index], planes[component.Index], row, lastGoodRow);
            }

            emitter.Emit(row);
        }

        return emitter.RowsDone;
    }

    private int DecodeInto(JpegScan scan, EntropyDecoder entropy, CoefficientPlane[] planes)
    {
        var blocks = stackalloc short*[JpegScan.MaxBlocksInMcu];
        var lastGoodRow = 0;
        for (var row = 0; row < _frame.InterleavedRows; row++)
        {
            var mcuRows = scan.McuRowsIn(row, _frame);
            for (var mcuRow = 0; mcuRow < mcuRows; mcuRow++)
            {
                for (var mcu = 0; mcu < scan.McusPerRow; mcu++)
                {
                    var block = 0;
                    foreach (var component in scan.Components)
                    {
                        for (var y = 0; y < component.McuHeight; y++)
                        {
                            var first = planes[component.Index].Block((row * component.V) + mcuRow + y, mcu * component.McuWidth);
                            for (var x = 0; x < component.McuWidth; x++)
                            {
                                blocks[block++] = first + (64 * x);
                            }
                        }
                    }

                    if (!entropy.HasInsufficientData)
                    {
                        lastGoodRow = row;
                    }
                    else if (_frame.RestartInterval == 0)
                    {
                        // Nothing can follow in this scan.
                        return lastGoodRow;
                    }

                    entropy.DecodeMcu(blocks);
                }
            }
        }

        return lastGoodRow;
    }

    private void TransformRow(
        FrameComponent component, CoefficientPlane coefficients, BlockSmoother? smoother, BlockTransform transform, SamplePlane plane, int row, int lastGoodRow)
    {
        var blockRows = component.V;
        if (row == _frame.InterleavedRows - 1 && component.HeightInBlocks % component.V != 0)
        {
            blockRows = component.HeightInBlocks % component.V;
        }

        var output = plane.McuRow(row);
        for (var blockRow = 0; blockRow < blockRows; blockRow++, output += component.DctSize * plane.Stride)
        {
            if (smoother is not null)
            {
                smoother.Run(row, blockRow, blockRows, lastGoodRow, transform, output, plane.Stride);
                continue;
            }

            var target = output;
            for (var column = component.FirstBlock; column <= component.LastBlock; column++, target += component.DctSize)
            {
                transform.Run(coefficients.Block((row * component.V) + blockRow, column), target, plane.Stride);
            }
        }
    }

    // After the only scan: nothing but the end of the image may follow.
    private void ReadToEnd()
    {
        try
        {
            if (_markers.ReadToScan() is not null)
            {
                throw _source.Error("another scan follows where the picture is already complete.");
            }
        }
        catch (JpegSuspendedException) when (_options.Rules == JpegRules.TensorFlow)
        {
            // TensorFlow does not look at whether the end was reached, only at errors on the way.
        }
    }

    private void CheckFraction(int rowsDone, int rows)
    {
        if ((float)rowsDone / rows < Math.Min(1, _options.AcceptableFraction))
        {
            throw _source.Error($"the file ends too early: {rowsDone} of {rows} rows are there.");
        }
    }
}
