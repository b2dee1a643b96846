using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Extraction;

/// <summary>A cursor with a features column: reads rows ahead of the one it stands on, so that images can be computed in batches.</summary>
/// <remarks>The input's rows are read once and in order; the values of its active columns are kept meanwhile.</remarks>
internal sealed class LookAheadCursor : DataViewRowCursor
{
    private readonly BottleneckFeaturesTransformer _transformer;
    private readonly DataViewRowCursor _input;
    private readonly FeaturesBinding _binding;
    private readonly ImageContentReader _image;
    private readonly ImageWindow _window;
    private readonly ColumnBuffer?[] _buffers;
    private readonly ValueGetter<DataViewRowId> _id;
    private readonly (long Position, long Batch, DataViewRowId Id)[] _rows;
    private readonly float[] _missing;
    private readonly long? _totalRows;
    private readonly Stopwatch _computing = new();
    private long _row = -1;
    private long _lastAsked = -1;
    private long _asked;
    private bool _started;
    private bool _inputEnded;
    private bool _disposed;

    public LookAheadCursor(BottleneckFeaturesTransformer transformer, FeaturesBinding binding, DataViewRowCursor input, IEnumerable<DataViewSchema.Column> passed, long? totalRows)
    {
        _transformer = transformer;
        _binding = binding;
        _input = input;
        _totalRows = totalRows;
        var computer = transformer.Computer;
        var capacity = 2 * computer.Batch;
        _rows = new (long, long, DataViewRowId)[capacity];
        _buffers = new ColumnBuffer?[binding.Input.Count];
        foreach (var column in passed)
        {
            _buffers[column.Index] = ColumnBuffer.Of(input, column, capacity);
        }

        _image = binding.Reader(input, transformer.Options.ImageFolder);
        _id = input.GetIdGetter();
        _missing = transformer.Missing;
        _window = new ImageWindow(computer, capacity, transformer.ThrowIfCancelled, transformer.Options.Cancellation);
        computer.Memo.Enter();
    }

    /// <inheritdoc/>
    public override DataViewSchema Schema => _binding.Output;

    /// <inheritdoc/>
    public override long Position => _started && _window.Count > 0 ? _rows[_window.FirstSlot].Position : -1;

    /// <inheritdoc/>
    public override long Batch => _started && _window.Count > 0 ? _rows[_window.FirstSlot].Batch : _input.Batch;

    /// <inheritdoc/>
    public override bool MoveNext()
    {
        if (_disposed)
        {
            return false;
        }

        if (_started && _window.Count > 0)
        {
            foreach (var buffer in _buffers)
            {
                buffer?.Evict(_window.FirstSlot);
            }

            _window.RemoveFirst();
        }

        _started = true;
        while (!_inputEnded && !_window.IsFull)
        {
            if (!_input.MoveNext())
            {
                _inputEnded = true;
                break;
            }

            var slot = _window.NextSlot;
            // The image first: whoever is given an MLImage of an upstream loader may dispose of it.
            var image = _image.Read();
            foreach (var buffer in _buffers)
            {
                buffer?.Capture(slot);
            }

            DataViewRowId id = default;
            _id(ref id);
            _rows[slot] = (_input.Position, _input.Batch, id);
            _window.Add(image);
        }

        _row++;
        return _window.Count > 0;
    }

    /// <inheritdoc/>
    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index == _binding.FeaturesIndex || _buffers[column.Index] is not null;

    /// <inheritdoc/>
    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (column.Index == _binding.FeaturesIndex)
        {
            return FeaturesBinding.Typed<TValue>(new ValueGetter<VBuffer<float>>(GetFeatures), column);
        }

        return _buffers[column.Index] is { } buffer
            ? FeaturesBinding.Typed<TValue>(buffer.Getter(() => CurrentSlot), column)
            : throw FeaturesBinding.NotActive(column);
    }

    /// <inheritdoc/>
    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _rows[CurrentSlot].Id;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _transformer.Computer.Memo.Leave();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int CurrentSlot => _started && _window.Count > 0
        ? _window.FirstSlot
        : throw new InvalidOperationException("The cursor stands on no row; call MoveNext first, and read while it returns true.");

    private void GetFeatures(ref VBuffer<float> value)
    {
        _ = CurrentSlot;
        var features = ImageWindow.Value(First(), _window.FirstName, _transformer.Options.OnBadImage, _missing);
        var editor = VBufferEditor.Create(ref value, features.Length);
        features.CopyTo(editor.Values);
        value = editor.Commit();
    }

    private (float[]? Features, string? Fault) First()
    {
        var before = _window.Computed;
        if (before == 0)
        {
            _computing.Restart();
        }

        var first = _window.First();
        if (_row != _lastAsked)
        {
            _lastAsked = _row;
            _asked++;
        }

        if (_window.Computed > before)
        {
            _transformer.Options.Progress?.Report(new FeaturesProgress(_asked, _totalRows, _window.Computed, _window.Computed / _computing.Elapsed.TotalSeconds));
        }

        return first;
    }
}
