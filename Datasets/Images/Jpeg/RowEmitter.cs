namespace MlTransfer.Datasets.Images.Jpeg;

/// <summary>Takes decoded rows of samples, enlarges the subsampled ones and writes rows of pixels into the result.</summary>
internal sealed unsafe class RowEmitter
{
    // Rows are enlarged and converted a little beyond the width that counts.
    private const int Padding = 64;
    private const int MaxFactor = 4;

    private readonly JpegFrame _frame;
    private readonly OutputPlan _plan;
    private readonly JpegRules _rules;
    private readonly SamplePlane[] _planes;
    private readonly byte* _output;

    // By component and row of the group: where the enlarged row is.
    private readonly byte*[] _rows;
    private readonly byte*[] _buffers;
    private readonly short* _sums;

    public RowEmitter(JpegFrame frame, OutputPlan plan, JpegRules rules, SamplePlane[] planes, byte* output, NativeArena arena)
    {
        _frame = frame;
        _plan = plan;
        _rules = rules;
        _planes = planes;
        _output = output;
        _rows = new byte*[frame.Components.Length * MaxFactor];
        _buffers = new byte*[_rows.Length];
        for (var i = 0; i < _buffers.Length; i++)
        {
            if (plan.Methods[i / MaxFactor] is not (UpsamplingMethod.None or UpsamplingMethod.Full) && i % MaxFactor < frame.MaxV)
            {
                _buffers[i] = arena.Allocate<byte>(plan.DecodedWidth + (2 * MaxFactor) + Padding);
            }
        }

        _sums = arena.Allocate<short>((plan.DecodedWidth / 2) + Padding);
        RowsDone = 0;
    }

    /// <summary>Rows of the window that are written.</summary>
    public int RowsDone { get; private set; }

    public bool IsComplete => RowsDone == _plan.Window.Height;

    /// <summary>
    /// Emits what the rows of MCUs up to <paramref name="interleavedRow"/> allow. With interpolation across rows the last group of a row of
    /// MCUs waits for the next.
    /// </summary>
    public void Emit(int interleavedRow)
    {
        var groups = _plan.MinDctSize;
        var first = interleavedRow * groups;
        var end = first + groups;
        if (_plan.NeedsContext)
        {
            first = Math.Max(0, first - 1);
            end -= interleavedRow < _frame.InterleavedRows - 1 ? 1 : 0;
        }

        for (var group = first; group < end; group++)
        {
            EmitGroup(group);
        }
    }

    private void EmitGroup(int group)
    {
        var window = _plan.Window;
        var top = Math.Max(group * _frame.MaxV, window.Y);
        var bottom = Math.Min((group + 1) * _frame.MaxV, window.Y + window.Height);
        if (top >= bottom)
        {
            return;
        }

        foreach (var component in _frame.Components)
        {
            Enlarge(component, group);
        }

        var skip = _plan.DecodedWidth - window.Width;
        for (var row = top; row < bottom; row++)
        {
            Convert(row - (group * _frame.MaxV), skip, _output + ((row - window.Y) * (nint)window.Width * _plan.Channels));
            RowsDone++;
        }
    }

    private void Enlarge(FrameComponent component, int group)
    {
        var index = component.Index;
        var slot = index * MaxFactor;
        var plane = _planes[index];
        var first = group * _plan.GroupRows[index];
        switch (_plan.Methods[index])
        {
            case UpsamplingMethod.Full:
                for (var i = 0; i < _frame.MaxV; i++)
                {
                    _rows[slot + i] = RowOf(component, plane, first + i);
                }

                break;
            case UpsamplingMethod.FancyWidth:
                for (var i = 0; i < _frame.MaxV; i++)
                {
                    _rows[slot + i] = _buffers[slot + i];
                    SampleUpsampling.WidenSmoothly(RowOf(component, plane, first + i), _rows[slot + i], component.DownsampledWidth);
                }

                break;
            case UpsamplingMethod.FancyHeight:
                for (var i = 0; i < _frame.MaxV; i++)
                {
                    var near = first + (i >> 1);
                    var isLower = (i & 1) != 0;
                    _rows[slot + i] = _buffers[slot + i];
                    SampleUpsampling.Blend(
                        RowOf(component, plane, near),
                        RowOf(component, plane, isLower ? near + 1 : near - 1),
                        _rows[slot + i],
                        component.DownsampledWidth,
                        isLower ? 2 : 1);
                }

                break;
            case UpsamplingMethod.FancyBoth:
                for (var i = 0; i < _frame.MaxV; i++)
                {
                    var near = first + (i >> 1);
                    _rows[slot + i] = _buffers[slot + i];
                    SampleUpsampling.BlendAndWiden(
                        RowOf(component, plane, near),
                        RowOf(component, plane, (i & 1) != 0 ? near + 1 : near - 1),
                        _rows[slot + i],
                        component.DownsampledWidth,
                        _sums);
                }

                break;
            case UpsamplingMethod.Repeat:
                var repeats = _plan.VerticalRepeats[index];
                for (var i = 0; i < _frame.MaxV; i++)
                {
                    if (i % repeats != 0)
                    {
                        _rows[slot + i] = _rows[slot + i - 1];
                        continue;
                    }

                    var source = RowOf(component, plane, first + (i / repeats));
                    if (_plan.HorizontalRepeats[index] == 1)
                    {
                        _rows[slot + i] = source;
                        continue;
                    }

                    _rows[slot + i] = _buffers[slot + i];
                    SampleUpsampling.Repeat(source, _rows[slot + i], _plan.DecodedWidth, _plan.HorizontalRepeats[index]);
                }

                break;
        }
    }

    // Above the picture and below it the edge row stands in; only interpolation looks there.
    private byte* RowOf(FrameComponent component, SamplePlane plane, int row) =>
        plane.Row(_plan.NeedsContext ? Math.Clamp(row, 0, component.DownsampledHeight - 1) : row);

    private void Convert(int rowInGroup, int skip, byte* output)
    {
        var width = _plan.Window.Width;
        var first = _rows[rowInGroup] + skip;
        byte* Other(int component) => _rows[(component * MaxFactor) + rowInGroup] + skip;
        switch (_plan.Colour)
        {
            case ColourConversion.First:
                new ReadOnlySpan<byte>(first, width).CopyTo(new Span<byte>(output, width));
                break;
            case ColourConversion.GrayToRgb:
                ColourConverter.Interleave(first, first, first, output, width);
                break;
            case ColourConversion.YccToRgb:
                ColourConverter.YccToRgb(first, Other(1), Other(2), output, width);
                break;
            case ColourConversion.RgbToRgb:
                ColourConverter.Interleave(first, Other(1), Other(2), output, width);
                break;
            case ColourConversion.RgbToGray:
                ColourConverter.RgbToGray(first, Other(1), Other(2), output, width);
                break;
            default:
                ColourConverter.CmykToRgb(
                    first, Other(1), Other(2), Other(3), output, width, _plan.Colour == ColourConversion.YcckToRgb, _rules, _frame.HasAdobe);
                break;
        }
    }
}
