using MlTransfer.Features.Cache;

namespace MlTransfer.Features.Tests.Cache;

/// <summary>A cache folder on a disk that dies, or fills up, after a stated number of steps: a byte written, a length set, a flush or a rename each is one.</summary>
internal sealed class FaultyFolder(string path, long steps, FaultyFolder.Failure failure) : CacheFolder
{
    private readonly DiskFolder _disk = new(path);
    private readonly List<CacheFile> _open = [];
    private long _left = steps;

    internal enum Failure
    {
        /// <summary>From then on nothing works: what kill -9 or a power cut leaves.</summary>
        Dead,

        /// <summary>Writing fails until there is room again.</summary>
        Full,

        /// <summary>Flushing fails, writing goes on.</summary>
        FlushFails,
    }

    public override string FullPath => _disk.FullPath;

    /// <summary>Steps that were taken.</summary>
    public long Taken { get; private set; }

    public bool Failed { get; private set; }

    public void FreeSpace() => _left = long.MaxValue;

    /// <summary>Closes what a killed process would leave open.</summary>
    public void CloseAll() => _open.ForEach(file => file.Dispose());

    public override bool Exists(string name) => _disk.Exists(name);

    public override CacheFile OpenRead(string name) => _disk.OpenRead(name);

    public override CacheFile OpenWrite(string name)
    {
        var file = new FaultyFile(this, _disk.OpenWrite(name));
        _open.Add(file);
        return file;
    }

    public override void Rename(string from, string to)
    {
        Step(1);
        File.Move(Path.Combine(FullPath, from), Path.Combine(FullPath, to), overwrite: true);
        Flush();
    }

    public override void Flush() => FlushStep();

    private long Step(long wanted)
    {
        if (failure == Failure.FlushFails)
        {
            Taken += wanted;
            return wanted;
        }

        var granted = Math.Min(wanted, _left);
        _left -= granted;
        Taken += granted;
        return granted == wanted ? granted : Fail(granted);
    }

    private void FlushStep()
    {
        if (failure == Failure.FlushFails && --_left < 0)
        {
            Failed = true;
            throw new IOException("Input/output error");
        }

        if (failure == Failure.Dead)
        {
            Step(1);
        }
    }

    private long Fail(long granted)
    {
        Failed = true;
        if (failure == Failure.Dead)
        {
            _left = 0;
        }

        throw new PartialWriteException(granted);
    }

    /// <summary>Files' headers lie within one sector, which disks and the page cache write as a whole or not at all.</summary>
    private void StepWhole(int bytes)
    {
        if (failure == Failure.Dead && _left < bytes)
        {
            Taken += _left;
            Fail(0);
        }

        Step(bytes);
    }

    private sealed class PartialWriteException(long granted) : IOException("No space left on device.")
    {
        public long Granted { get; } = granted;
    }

    private sealed class FaultyFile(FaultyFolder folder, CacheFile file) : CacheFile
    {
        public override long Length => file.Length;

        public override int Read(long offset, Span<byte> destination) => file.Read(offset, destination);

        public override void Write(long offset, ReadOnlySpan<byte> data)
        {
            // Overwriting takes no room on a full disk.
            var inPlace = IsFullMode && offset + data.Length <= file.Length;
            try
            {
                if (!inPlace && offset + data.Length <= 128)
                {
                    folder.StepWhole(data.Length);
                }
                else if (!inPlace)
                {
                    folder.Step(data.Length);
                }
            }
            catch (PartialWriteException fault)
            {
                file.Write(offset, data[..(int)fault.Granted]);
                throw;
            }

            file.Write(offset, data);
        }

        public override void SetLength(long length)
        {
            if (!IsFullMode)
            {
                folder.Step(1);
            }

            file.SetLength(length);
        }

        public override void Flush() => folder.FlushStep();

        public override void Dispose() => file.Dispose();

        private bool IsFullMode => folder.FillsUp;
    }

    private bool FillsUp => failure == Failure.Full;
}
