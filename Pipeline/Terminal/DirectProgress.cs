namespace MlTransfer.Pipeline.Terminal;

/// <summary>Progress that is shown at once, on the thread that reports; the framework's own would post it elsewhere, late and out of order.</summary>
internal sealed class DirectProgress<T>(Action<T> show) : IProgress<T>
{
    /// <inheritdoc/>
    public void Report(T value) => show(value);
}
