using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlTransfer.ML.Extraction;

/// <summary>Keeps the values of one column for the rows that a cursor has read ahead.</summary>
internal abstract class ColumnBuffer
{
    private static readonly MethodInfo s_create = typeof(ColumnBuffer).GetMethod(nameof(Create), BindingFlags.Static | BindingFlags.NonPublic)!;
    private static readonly MethodInfo s_createVector = typeof(ColumnBuffer).GetMethod(nameof(CreateVector), BindingFlags.Static | BindingFlags.NonPublic)!;

    /// <summary>Prepares for a column of an input row.</summary>
    /// <param name="row">The input.</param>
    /// <param name="column">The column, active.</param>
    /// <param name="capacity">Rows to keep.</param>
    public static ColumnBuffer Of(DataViewRow row, DataViewSchema.Column column, int capacity)
    {
        var create = column.Type is VectorDataViewType vector ? s_createVector.MakeGenericMethod(vector.ItemType.RawType) : s_create.MakeGenericMethod(column.Type.RawType);
        return (ColumnBuffer)create.Invoke(null, [row, column, capacity])!;
    }

    /// <summary>Takes the current row's value.</summary>
    public abstract void Capture(int slot);

    /// <summary>The row has gone by.</summary>
    public abstract void Evict(int slot);

    /// <summary>A getter of the value in the slot that <paramref name="current"/> names when it is called; a <c>ValueGetter</c> of the column's type.</summary>
    public abstract Delegate Getter(Func<int> current);

    private static Scalars<T> Create<T>(DataViewRow row, DataViewSchema.Column column, int capacity) => new(row.GetGetter<T>(column), capacity);

    private static Vectors<T> CreateVector<T>(DataViewRow row, DataViewSchema.Column column, int capacity) => new(row.GetGetter<VBuffer<T>>(column), capacity);

    private sealed class Scalars<T>(ValueGetter<T> source, int capacity) : ColumnBuffer
    {
        private readonly T[] _values = new T[capacity];
        private readonly bool[] _given = new bool[capacity];
        private bool? _isOurs;

        public override void Capture(int slot)
        {
            // Sources of images reuse or dispose of what they are handed, so they get nothing.
            T value = default!;
            source(ref value);
            _values[slot] = value;
            if (value is IDisposable && _isOurs is null)
            {
                // Data in memory hands out what it goes on holding; what is made for each asking is whose who asked.
                T again = default!;
                source(ref again);
                _isOurs = !ReferenceEquals(value, again);
                if (_isOurs.Value)
                {
                    (again as IDisposable)?.Dispose();
                }
            }

            _given[slot] = false;
        }

        public override void Evict(int slot)
        {
            // A value that was given out belongs to who asked for it.
            if (_isOurs == true && !_given[slot] && _values[slot] is IDisposable unused)
            {
                unused.Dispose();
            }

            _values[slot] = default!;
        }

        public override Delegate Getter(Func<int> current) => new ValueGetter<T>((ref T value) =>
        {
            var slot = current();
            if (_isOurs == true && value is IDisposable old && !ReferenceEquals(old, _values[slot]))
            {
                old.Dispose();
            }

            value = _values[slot];
            _given[slot] = true;
        });
    }

    private sealed class Vectors<T>(ValueGetter<VBuffer<T>> source, int capacity) : ColumnBuffer
    {
        private readonly VBuffer<T>[] _values = new VBuffer<T>[capacity];

        public override void Capture(int slot) => source(ref _values[slot]);

        public override void Evict(int slot)
        {
            // The buffer is used again.
        }

        public override Delegate Getter(Func<int> current) => new ValueGetter<VBuffer<T>>((ref VBuffer<T> value) => _values[current()].CopyTo(ref value));
    }
}
