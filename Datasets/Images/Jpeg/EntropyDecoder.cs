namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Turns the entropy-coded data of a scan into coefficients, one MCU at a time.</summary>
internal abstract unsafe class EntropyDecoder(JpegFrame frame, JpegSource source, MarkerReader markers)
{
    /// <summary>Whether the data of the current restart interval ran out, so that MCUs are left as they are.</summary>
    public bool HasInsufficientData { get; protected set; }

    protected JpegFrame Frame => frame;

    protected JpegSource Source => source;

    protected MarkerReader Markers => markers;

    protected int RestartsToGo { get; set; }

    /// <summary>Checks the scan's parameters and tables and resets all state.</summary>
    public abstract void Start(JpegScan scan);

    /// <summary>
    /// Decodes one MCU into its blocks, 64 coefficients each in natural order; a null block is decoded and dropped (sequential scans only).
    /// </summary>
    /// <exception cref="JpegSuspendedException">The data ended; nothing but block contents has changed.</exception>
    public abstract void DecodeMcu(short** blocks);

    /// <summary>Checks band and bit position of a progressive scan and records what it brings (ITU-T T.81, G.1.1.1).</summary>
    protected void StartProgression(JpegScan scan)
    {
        int start = scan.SpectralStart, end = scan.SpectralEnd, high = scan.ApproximationHigh, low = scan.ApproximationLow;
        var isBandGood = start == 0 ? end == 0 : start <= end && end < 64 && scan.Components.Length == 1;
        if (!isBandGood || (high != 0 && low != high - 1) || low > 13)
        {
            throw source.Error(
                $"a progressive scan has the band {start} to {end} of {scan.Components.Length} components and the bits {high} to {low}, which is impossible.");
        }

        foreach (var component in scan.Components)
        {
            for (var i = Math.Min(start, 1); i <= Math.Max(end, 9); i++)
            {
                component.PreviousCoefficientBits[i] = frame.ScanCount > 1 ? component.CoefficientBits[i] : 0;
            }

            Array.Fill(component.CoefficientBits, low, start, end - start + 1);
        }
    }
}
