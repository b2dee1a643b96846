using MlTransfer.Features.Backbones;
using MlTransfer.Features.Engines;
using MlTransfer.Features.Extraction;

namespace MlTransfer.ML.Extraction;

/// <summary>
/// Compiled networks of the process: transformers of the same network share one, for instance the folds of a cross-validation. A network is let go when the
/// last transformer that uses it is disposed of.
/// </summary>
internal static class NetworkPool
{
    private static readonly Lock s_gate = new();
    private static readonly Dictionary<Key, Entry> s_entries = [];

    private readonly record struct Key(string GraphSha256, string Input, string Tensor, string Preprocessing, IGraphEngine Engine, int Threads);

    /// <summary>Takes part in a network; it is compiled when the first image comes.</summary>
    /// <param name="backbone">The backbone.</param>
    /// <param name="tap">Its tap.</param>
    /// <param name="engine">What runs it.</param>
    /// <param name="threads">Threads it uses.</param>
    public static Lease Acquire(Backbone backbone, BackboneTap tap, IGraphEngine engine, int threads)
    {
        var key = new Key(backbone.GraphSha256, backbone.Input, tap.Tensor, backbone.PreprocessingId, engine, threads);
        lock (s_gate)
        {
            if (!s_entries.TryGetValue(key, out var entry))
            {
                entry = new Entry(new FeatureExtractor(backbone, [tap], engine, new EngineOptions { Threads = threads }));
                s_entries.Add(key, entry);
            }

            entry.Users++;
            return new Lease(key, entry);
        }
    }

    private sealed class Entry(FeatureExtractor extractor)
    {
        public FeatureExtractor Extractor { get; } = extractor;

        public int Users { get; set; }
    }

    /// <summary>One user's part in a network.</summary>
    public sealed class Lease : IDisposable
    {
        private readonly Key _key;
        private readonly Entry _entry;
        private bool _released;

        internal Lease(object key, object entry)
        {
            _key = (Key)key;
            _entry = (Entry)entry;
        }

        /// <summary>The network.</summary>
        public FeatureExtractor Extractor => _entry.Extractor;

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (s_gate)
            {
                if (_released)
                {
                    return;
                }

                _released = true;
                _entry.Users--;
                if (_entry.Users > 0)
                {
                    return;
                }

                s_entries.Remove(_key);
            }

            _entry.Extractor.Dispose();
        }
    }
}
