using MlTransfer.Features.Extraction;

namespace MlTransfer.ML.Extraction;

/// <summary>
/// The images of the rows that a cursor has read ahead, first come first gone. Once one must be computed, the others are read and decoded on spare threads,
/// and computed a batch at a time.
/// </summary>
/// <param name="computer">Network and cache.</param>
/// <param name="capacity">Most rows.</param>
/// <param name="checkCancelled">Throws where the work was cancelled.</param>
/// <param name="cancellation">Stops a running computation.</param>
internal sealed class ImageWindow(FeatureComputer computer, int capacity, Action checkCancelled, CancellationToken cancellation)
{
    private readonly Entry[] _entries = new Entry[capacity];
    private int _first;
    private bool _computes;

    /// <summary>Images computed so far.</summary>
    public int Computed { get; private set; }

    /// <summary>Rows in the window.</summary>
    public int Count { get; private set; }

    /// <summary>Whether no further row fits.</summary>
    public bool IsFull => Count == _entries.Length;

    /// <summary>Slot of the first row.</summary>
    public int FirstSlot => _first;

    /// <summary>Slot that the next row takes.</summary>
    public int NextSlot => (_first + Count) % _entries.Length;

    /// <summary>Adds a row behind the others.</summary>
    public void Add(ImageContent image)
    {
        var entry = new Entry(image, computer);
        _entries[NextSlot] = entry;
        Count++;
        if (_computes)
        {
            entry.Start();
        }
    }

    /// <summary>Lets the first row go.</summary>
    public void RemoveFirst()
    {
        _entries[_first] = null!;
        _first = (_first + 1) % _entries.Length;
        Count--;
    }

    /// <summary>The features of the first row, or what is wrong with its image.</summary>
    public (float[]? Features, string? Fault) First()
    {
        var first = _entries[_first];
        if (!first.IsDone && !first.TakeKnown())
        {
            checkCancelled();
            if (!_computes)
            {
                _computes = true;
                for (var i = 1; i < Count; i++)
                {
                    At(i).Start();
                }
            }

            ComputeBatch();
        }

        return (first.Features, first.Fault);
    }

    /// <summary>The name of the first row's image.</summary>
    public string FirstName => _entries[_first].Image.Name;

    private Entry At(int place) => _entries[(_first + place) % _entries.Length];

    private void ComputeBatch()
    {
        var batch = new List<Entry>();
        var copies = new List<(Entry Copy, Entry Original)>();
        for (var i = 0; i < Count && batch.Count < computer.Batch; i++)
        {
            var entry = At(i);
            if (entry.IsDone || entry.TakeKnown())
            {
                continue;
            }

            if (batch.Find(other => other.Prepared.Hash == entry.Prepared.Hash) is { } original)
            {
                copies.Add((entry, original));
            }
            else
            {
                batch.Add(entry);
            }
        }

        var results = computer.Compute([.. batch.Select(entry => (entry.Image, entry.Prepared))], cancellation);
        for (var i = 0; i < batch.Count; i++)
        {
            (batch[i].Features, batch[i].Fault) = results[i];
            FeatureComputer.Release(batch[i].Prepared);
        }

        Computed += batch.Count;
        foreach (var (copy, original) in copies)
        {
            (copy.Features, copy.Fault) = (original.Features, original.Fault);
            computer.RememberCopy(copy.Prepared);
            FeatureComputer.Release(copy.Prepared);
        }
    }

    private sealed class Entry(ImageContent image, FeatureComputer computer)
    {
        // Whoever needs it first does it: a thread that waits for a busy pool would wait long.
        private readonly Lazy<PreparedContent> _prepared = new(() => computer.Prepare(image));

        public ImageContent Image => image;

        public PreparedContent Prepared => _prepared.Value;

        public float[]? Features { get; set; }

        public string? Fault { get; set; }

        public bool IsDone => Features is not null || Fault is not null;

        /// <summary>Begins to read and decode on a spare thread.</summary>
        public void Start() => Task.Run(() => _prepared.Value, CancellationToken.None);

        /// <summary>Takes features that are known already, or a fault; false where the image must be computed.</summary>
        public bool TakeKnown()
        {
            (Features, Fault) = (Prepared.Features, Prepared.Fault);
            return IsDone;
        }
    }

    /// <summary>The value of a features column for a result.</summary>
    /// <exception cref="ImageFaultException">There is a fault, and such rows are not to be missing values.</exception>
    public static ReadOnlySpan<float> Value((float[]? Features, string? Fault) result, string name, OnBadImage onBadImage, float[] missing) =>
        result.Features
        ?? (onBadImage == OnBadImage.Missing
            ? missing
            : throw new ImageFaultException(new ImageFault(
                name, $"{result.Fault!.TrimEnd('.')}. Mend or leave out this image, or let {nameof(BottleneckFeaturesOptions.OnBadImage)} be {nameof(OnBadImage.Missing)}")));
}
