namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Reads marker segments into a <see cref="JpegFrame"/> (ITU-T T.81, annex B), as tolerant and as strict as libjpeg-turbo.</summary>
internal sealed class MarkerReader(JpegSource source, JpegFrame frame)
{
    /// <summary>A marker that was met but not acted upon; 0 for none. Entropy-coded data end at it.</summary>
    public int Unread { get; set; }

    /// <summary>Number, 0…7, of the restart marker that is due.</summary>
    public int NextRestart { get; private set; }

    /// <summary>Whether to keep the first EXIF segment.</summary>
    public bool KeepExif { get; init; }

    /// <summary>Reads on to the next scan header, which is returned, or to the end of the image: null.</summary>
    public JpegScan? ReadToScan()
    {
        while (true)
        {
            if (Unread == 0)
            {
                if (frame.HasSoi)
                {
                    FindMarker();
                }
                else
                {
                    ReadFirstMarker();
                }
            }

            switch (Unread)
            {
                case JpegMarker.Soi:
                    ReadStartOfImage();
                    break;
                case JpegMarker.Sof0 or JpegMarker.Sof1:
                    ReadFrameHeader(progressive: false, arithmetic: false);
                    break;
                case JpegMarker.Sof2:
                    ReadFrameHeader(progressive: true, arithmetic: false);
                    break;
                case JpegMarker.Sof9:
                    ReadFrameHeader(progressive: false, arithmetic: true);
                    break;
                case JpegMarker.Sof10:
                    ReadFrameHeader(progressive: true, arithmetic: true);
                    break;
                case JpegMarker.Sos:
                    var scan = ReadScanHeader();
                    Unread = 0;
                    return scan;
                case JpegMarker.Eoi:
                    Unread = 0;
                    return null;
                case JpegMarker.Dac:
                    ReadArithmeticConditioning();
                    break;
                case JpegMarker.Dht:
                    ReadHuffmanTables();
                    break;
                case JpegMarker.Dqt:
                    ReadQuantTables();
                    break;
                case JpegMarker.Dri:
                    ReadRestartInterval();
                    break;
                case JpegMarker.App0 or JpegMarker.App14:
                    ReadColourSign();
                    break;
                case JpegMarker.App1 when KeepExif && frame.Exif is null:
                    ReadExif();
                    break;
                case (>= JpegMarker.App0 and <= JpegMarker.App15) or JpegMarker.Com or JpegMarker.Dnl:
                    SkipSegment();
                    break;
                case (>= JpegMarker.Rst0 and <= JpegMarker.Rst7) or JpegMarker.Tem:
                    break;
                case >= JpegMarker.Sof3 and <= JpegMarker.Sof15:
                    throw source.Error(
                        $"coding process FF{Unread:X2} (lossless, hierarchical or reserved) is not supported; baseline, extended and progressive are.");
                default:
                    throw source.Error($"marker FF{Unread:X2} is not known.");
            }

            Unread = 0;
        }
    }

    /// <summary>Expects the next restart marker; where another is found, goes on as libjpeg's jpeg_resync_to_restart does.</summary>
    public void ReadRestart()
    {
        if (Unread == 0)
        {
            FindMarker();
        }

        if (Unread == JpegMarker.Rst0 + NextRestart)
        {
            Unread = 0;
        }
        else
        {
            Resynchronise();
        }

        NextRestart = (NextRestart + 1) & 7;
    }

    private void Resynchronise()
    {
        while (true)
        {
            if (Unread >= JpegMarker.Sof0)
            {
                if (Unread is < JpegMarker.Rst0 or > JpegMarker.Rst7)
                {
                    return;
                }

                // How far ahead of the expected restart the found one is, modulo 8: one or two ahead means that some were lost, so the
                // interval stays empty; one or two behind is old and skipped; anything else is taken for the expected one.
                switch ((Unread - JpegMarker.Rst0 - NextRestart) & 7)
                {
                    case 1 or 2:
                        return;
                    case 6 or 7:
                        break;
                    default:
                        Unread = 0;
                        return;
                }
            }

            FindMarker();
        }
    }

    private void ReadFirstMarker()
    {
        var cursor = new SegmentCursor(source);
        var first = cursor.ReadByte();
        var second = cursor.ReadByte();
        if (first != 0xFF || second != JpegMarker.Soi)
        {
            throw source.Error($"the file begins with {first:X2} {second:X2}; a JPEG begins with FF D8.");
        }

        Unread = second;
        cursor.Commit();
    }

    private void FindMarker()
    {
        var cursor = new SegmentCursor(source);
        while (true)
        {
            var value = cursor.ReadByte();
            while (value != 0xFF)
            {
                cursor.Commit();
                value = cursor.ReadByte();
            }

            do
            {
                value = cursor.ReadByte();
            }
            while (value == 0xFF);

            if (value != 0)
            {
                Unread = value;
                cursor.Commit();
                return;
            }

            cursor.Commit();
        }
    }

    private void ReadStartOfImage()
    {
        if (frame.HasSoi)
        {
            throw source.Error("a second start of image (FFD8) inside the picture.");
        }

        frame.HasSoi = true;
        for (var i = 0; i < frame.ArithmeticDcLow.Length; i++)
        {
            frame.ArithmeticDcLow[i] = 0;
            frame.ArithmeticDcHigh[i] = 1;
            frame.ArithmeticAcK[i] = 5;
        }
    }

    private void ReadFrameHeader(bool progressive, bool arithmetic)
    {
        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16();
        var precision = cursor.ReadByte();
        var height = cursor.ReadUInt16();
        var width = cursor.ReadUInt16();
        var count = cursor.ReadByte();
        if (frame.HasSof)
        {
            throw source.Error("a second frame header (SOF).");
        }

        if (height == 0 || width == 0 || count == 0)
        {
            throw source.Error(
                $"the frame header (SOF) states {width} x {height} pixels and {count} components; none may be 0 (a height given later by DNL is not supported).");
        }

        if (length != 8 + (count * 3))
        {
            throw source.Error($"the frame header (SOF) has length {length}; {count} components need {8 + (count * 3)}.");
        }

        var components = new FrameComponent[count];
        for (var i = 0; i < count; i++)
        {
            var id = cursor.ReadByte();
            var factors = cursor.ReadByte();
            components[i] = new FrameComponent { Index = i, Id = id, H = factors >> 4, V = factors & 15, QuantSlot = cursor.ReadByte() };
        }

        cursor.Commit();
        frame.Precision = precision;
        frame.Height = height;
        frame.Width = width;
        frame.Components = components;
        frame.Progressive = progressive;
        frame.Arithmetic = arithmetic;
        frame.HasSof = true;
    }

    private JpegScan ReadScanHeader()
    {
        if (!frame.HasSof)
        {
            throw source.Error("a scan (SOS) comes before the frame header (SOF).");
        }

        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16();
        var count = cursor.ReadByte();
        if (length != 6 + (count * 2) || count is < 1 or > 4)
        {
            throw source.Error($"the scan header (SOS) has length {length} and {count} components; 1 to 4 components and length 6 + 2 x components are possible.");
        }

        var components = new FrameComponent?[4];
        for (var i = 0; i < count; i++)
        {
            var id = cursor.ReadByte();
            var slots = cursor.ReadByte();
            FrameComponent? found = null;
            for (var c = 0; c < frame.Components.Length && c < components.Length && found is null; c++)
            {
                // Of two components with one identifier the second is found once the first is taken.
                if (frame.Components[c].Id == id && components[c] is null)
                {
                    found = frame.Components[c];
                }
            }

            if (found is null || Array.IndexOf(components, found, 0, i) >= 0)
            {
                throw source.Error($"the scan header (SOS) names component {id}, which the frame does not have or the scan names twice.");
            }

            components[i] = found;
            found.DcSlot = slots >> 4;
            found.AcSlot = slots & 15;
        }

        var start = cursor.ReadByte();
        var end = cursor.ReadByte();
        var approximation = cursor.ReadByte();
        NextRestart = 0;
        frame.ScanCount++;
        cursor.Commit();
        return new JpegScan
        {
            Components = components.Take(count).Select(component => component!).ToArray(),
            SpectralStart = start,
            SpectralEnd = end,
            ApproximationHigh = approximation >> 4,
            ApproximationLow = approximation & 15,
        };
    }

    private void ReadArithmeticConditioning()
    {
        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16() - 2;
        while (length > 0)
        {
            var slot = cursor.ReadByte();
            var value = cursor.ReadByte();
            length -= 2;
            if (slot >= 32)
            {
                throw source.Error($"arithmetic conditioning (DAC) of table {slot}; there are tables 0 to 31.");
            }

            if (slot >= 16)
            {
                frame.ArithmeticAcK[slot - 16] = (byte)value;
            }
            else
            {
                frame.ArithmeticDcLow[slot] = (byte)(value & 15);
                frame.ArithmeticDcHigh[slot] = (byte)(value >> 4);
                if ((value & 15) > value >> 4)
                {
                    throw source.Error($"arithmetic conditioning (DAC) has the value {value:X2}, whose lower bound exceeds the upper.");
                }
            }
        }

        EndSegment(ref cursor, length, "DAC");
    }

    private void ReadHuffmanTables()
    {
        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16() - 2;
        while (length > 16)
        {
            var slot = cursor.ReadByte();
            var counts = new byte[17];
            var total = 0;
            for (var i = 1; i <= 16; i++)
            {
                counts[i] = (byte)cursor.ReadByte();
                total += counts[i];
            }

            length -= 17;
            if (total > 256 || total > length)
            {
                throw source.Error($"a Huffman table (DHT) claims {total} symbols; {Math.Max(0, Math.Min(256, length))} are possible here.");
            }

            var symbols = new byte[256];
            for (var i = 0; i < total; i++)
            {
                symbols[i] = (byte)cursor.ReadByte();
            }

            length -= total;
            if ((slot & ~0x10) is < 0 or > 3)
            {
                throw source.Error($"Huffman table (DHT) index {slot:X2}; 00 to 03 and 10 to 13 are possible.");
            }

            var tables = (slot & 0x10) != 0 ? frame.AcTables : frame.DcTables;
            tables[slot & 3] = new HuffmanSpecification(counts, symbols);
        }

        EndSegment(ref cursor, length, "DHT");
    }

    private void ReadQuantTables()
    {
        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16() - 2;
        while (length > 0)
        {
            var head = cursor.ReadByte();
            var slot = head & 15;
            var wide = head >> 4 != 0;
            if (slot > 3)
            {
                throw source.Error($"quantisation table (DQT) index {slot}; 0 to 3 are possible.");
            }

            // A fresh array, since components keep the table of their first scan.
            var table = new ushort[64];
            for (var i = 0; i < 64; i++)
            {
                table[ZigZag.NaturalOrder[i]] = (ushort)(wide ? cursor.ReadUInt16() : cursor.ReadByte());
            }

            frame.QuantTables[slot] = table;
            length -= wide ? 129 : 65;
        }

        EndSegment(ref cursor, length, "DQT");
    }

    private void ReadRestartInterval()
    {
        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16();
        if (length != 4)
        {
            throw source.Error($"the restart interval (DRI) segment has length {length}; 4 is expected.");
        }

        frame.RestartInterval = cursor.ReadUInt16();
        cursor.Commit();
    }

    private void ReadColourSign()
    {
        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16() - 2;
        Span<byte> data = stackalloc byte[14];
        var read = Math.Clamp(length, 0, data.Length);
        for (var i = 0; i < read; i++)
        {
            data[i] = (byte)cursor.ReadByte();
        }

        if (Unread == JpegMarker.App0)
        {
            frame.HasJfif |= read >= 14 && data[..5].SequenceEqual("JFIF\0"u8);
        }
        else if (read >= 12 && data[..5].SequenceEqual("Adobe"u8))
        {
            frame.HasAdobe = true;
            frame.AdobeTransform = data[11];
        }

        cursor.Commit();
        source.Skip(length - read);
    }

    private void ReadExif()
    {
        var cursor = new SegmentCursor(source);
        var length = Math.Max(0, cursor.ReadUInt16() - 2);
        var data = new byte[length];
        for (var i = 0; i < length; i++)
        {
            data[i] = (byte)cursor.ReadByte();
        }

        cursor.Commit();
        if (data.AsSpan().StartsWith("Exif\0\0"u8))
        {
            frame.Exif = data[6..];
        }
    }

    private void SkipSegment()
    {
        var cursor = new SegmentCursor(source);
        var length = cursor.ReadUInt16() - 2;
        cursor.Commit();
        if (length > 0)
        {
            source.Skip(length);
        }
    }

    private void EndSegment(ref SegmentCursor cursor, int left, string name)
    {
        if (left != 0)
        {
            throw source.Error($"the length of a {name} segment does not fit its contents ({left} bytes over).");
        }

        cursor.Commit();
    }
}
