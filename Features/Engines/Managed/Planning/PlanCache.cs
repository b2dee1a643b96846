using System.Text;
using MlTransfer.Features.Tensors;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Plans by the shapes they are for; the one not used for longest goes when there are too many.</summary>
internal sealed class PlanCache
{
    /// <summary>Plans kept for one stage.</summary>
    public const int Capacity = 8;

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Plans kept now.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds the plan for some shapes, or makes it.</summary>
    /// <param name="shapes">Shapes of what the plan begins with.</param>
    /// <param name="build">Makes the plan.</param>
    /// <returns>The plan, and the cache of those that follow it.</returns>
    public (Plan Plan, PlanCache Next) Get(IEnumerable<TensorShape> shapes, Func<Plan> build)
    {
        var key = new StringBuilder();
        foreach (var shape in shapes)
        {
            key.Append(shape.ToString());
        }

        var text = key.ToString();
        if (!_entries.TryGetValue(text, out var entry))
        {
            entry = new Entry(build(), new PlanCache());
            if (_entries.Count >= Capacity)
            {
                _entries.Remove(_entries.MinBy(pair => pair.Value.LastUse).Key);
            }

            _entries.Add(text, entry);
        }

        entry.LastUse = ++_clock;
        return (entry.Plan, entry.Next);
    }

    private sealed class Entry(Plan plan, PlanCache next)
    {
        public Plan Plan { get; } = plan;

        public PlanCache Next { get; } = next;

        public long LastUse { get; set; }
    }
}
