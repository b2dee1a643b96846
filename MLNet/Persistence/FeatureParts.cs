using Microsoft.ML.Data;

namespace MlTransfer.ML.Persistence;

/// <summary>
/// Features in parts whose sizes are the powers of two that their number is made of. A mapping that is loaded knows only columns whose size was fixed when it
/// was compiled, and trainers need vectors of known size; put together behind the mapping, the parts are one of any size.
/// </summary>
internal sealed class FeatureParts
{
    /// <summary>Parts there are: rows have at most 2^24 numbers.</summary>
    public const int Count = 25;

    private readonly VBuffer<float>[] _parts = new VBuffer<float>[Count];

    /// <summary>2^0 numbers.</summary>
    [ColumnName(SavedColumns.Part + "0")]
    [VectorType(1 << 0)]
    public VBuffer<float> Part0 { get => _parts[0]; set => _parts[0] = value; }

    /// <summary>2^1 numbers.</summary>
    [ColumnName(SavedColumns.Part + "1")]
    [VectorType(1 << 1)]
    public VBuffer<float> Part1 { get => _parts[1]; set => _parts[1] = value; }

    /// <summary>2^2 numbers.</summary>
    [ColumnName(SavedColumns.Part + "2")]
    [VectorType(1 << 2)]
    public VBuffer<float> Part2 { get => _parts[2]; set => _parts[2] = value; }

    /// <summary>2^3 numbers.</summary>
    [ColumnName(SavedColumns.Part + "3")]
    [VectorType(1 << 3)]
    public VBuffer<float> Part3 { get => _parts[3]; set => _parts[3] = value; }

    /// <summary>2^4 numbers.</summary>
    [ColumnName(SavedColumns.Part + "4")]
    [VectorType(1 << 4)]
    public VBuffer<float> Part4 { get => _parts[4]; set => _parts[4] = value; }

    /// <summary>2^5 numbers.</summary>
    [ColumnName(SavedColumns.Part + "5")]
    [VectorType(1 << 5)]
    public VBuffer<float> Part5 { get => _parts[5]; set => _parts[5] = value; }

    /// <summary>2^6 numbers.</summary>
    [ColumnName(SavedColumns.Part + "6")]
    [VectorType(1 << 6)]
    public VBuffer<float> Part6 { get => _parts[6]; set => _parts[6] = value; }

    /// <summary>2^7 numbers.</summary>
    [ColumnName(SavedColumns.Part + "7")]
    [VectorType(1 << 7)]
    public VBuffer<float> Part7 { get => _parts[7]; set => _parts[7] = value; }

    /// <summary>2^8 numbers.</summary>
    [ColumnName(SavedColumns.Part + "8")]
    [VectorType(1 << 8)]
    public VBuffer<float> Part8 { get => _parts[8]; set => _parts[8] = value; }

    /// <summary>2^9 numbers.</summary>
    [ColumnName(SavedColumns.Part + "9")]
    [VectorType(1 << 9)]
    public VBuffer<float> Part9 { get => _parts[9]; set => _parts[9] = value; }

    /// <summary>2^10 numbers.</summary>
    [ColumnName(SavedColumns.Part + "10")]
    [VectorType(1 << 10)]
    public VBuffer<float> Part10 { get => _parts[10]; set => _parts[10] = value; }

    /// <summary>2^11 numbers.</summary>
    [ColumnName(SavedColumns.Part + "11")]
    [VectorType(1 << 11)]
    public VBuffer<float> Part11 { get => _parts[11]; set => _parts[11] = value; }

    /// <summary>2^12 numbers.</summary>
    [ColumnName(SavedColumns.Part + "12")]
    [VectorType(1 << 12)]
    public VBuffer<float> Part12 { get => _parts[12]; set => _parts[12] = value; }

    /// <summary>2^13 numbers.</summary>
    [ColumnName(SavedColumns.Part + "13")]
    [VectorType(1 << 13)]
    public VBuffer<float> Part13 { get => _parts[13]; set => _parts[13] = value; }

    /// <summary>2^14 numbers.</summary>
    [ColumnName(SavedColumns.Part + "14")]
    [VectorType(1 << 14)]
    public VBuffer<float> Part14 { get => _parts[14]; set => _parts[14] = value; }

    /// <summary>2^15 numbers.</summary>
    [ColumnName(SavedColumns.Part + "15")]
    [VectorType(1 << 15)]
    public VBuffer<float> Part15 { get => _parts[15]; set => _parts[15] = value; }

    /// <summary>2^16 numbers.</summary>
    [ColumnName(SavedColumns.Part + "16")]
    [VectorType(1 << 16)]
    public VBuffer<float> Part16 { get => _parts[16]; set => _parts[16] = value; }

    /// <summary>2^17 numbers.</summary>
    [ColumnName(SavedColumns.Part + "17")]
    [VectorType(1 << 17)]
    public VBuffer<float> Part17 { get => _parts[17]; set => _parts[17] = value; }

    /// <summary>2^18 numbers.</summary>
    [ColumnName(SavedColumns.Part + "18")]
    [VectorType(1 << 18)]
    public VBuffer<float> Part18 { get => _parts[18]; set => _parts[18] = value; }

    /// <summary>2^19 numbers.</summary>
    [ColumnName(SavedColumns.Part + "19")]
    [VectorType(1 << 19)]
    public VBuffer<float> Part19 { get => _parts[19]; set => _parts[19] = value; }

    /// <summary>2^20 numbers.</summary>
    [ColumnName(SavedColumns.Part + "20")]
    [VectorType(1 << 20)]
    public VBuffer<float> Part20 { get => _parts[20]; set => _parts[20] = value; }

    /// <summary>2^21 numbers.</summary>
    [ColumnName(SavedColumns.Part + "21")]
    [VectorType(1 << 21)]
    public VBuffer<float> Part21 { get => _parts[21]; set => _parts[21] = value; }

    /// <summary>2^22 numbers.</summary>
    [ColumnName(SavedColumns.Part + "22")]
    [VectorType(1 << 22)]
    public VBuffer<float> Part22 { get => _parts[22]; set => _parts[22] = value; }

    /// <summary>2^23 numbers.</summary>
    [ColumnName(SavedColumns.Part + "23")]
    [VectorType(1 << 23)]
    public VBuffer<float> Part23 { get => _parts[23]; set => _parts[23] = value; }

    /// <summary>2^24 numbers.</summary>
    [ColumnName(SavedColumns.Part + "24")]
    [VectorType(1 << 24)]
    public VBuffer<float> Part24 { get => _parts[24]; set => _parts[24] = value; }

    /// <summary>The parts that so many numbers are made of, the largest first: places of the bits.</summary>
    public static IEnumerable<int> Places(int dimension) => Enumerable.Range(0, Count).Reverse().Where(place => (dimension & (1 << place)) != 0);

    /// <summary>Shares features out among the parts.</summary>
    public void Set(ReadOnlySpan<float> features)
    {
        foreach (var place in Places(features.Length))
        {
            var editor = VBufferEditor.Create(ref _parts[place], 1 << place);
            features[..(1 << place)].CopyTo(editor.Values);
            _parts[place] = editor.Commit();
            features = features[(1 << place)..];
        }
    }
}
