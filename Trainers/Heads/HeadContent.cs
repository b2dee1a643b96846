using System.Buffers.Binary;
using System.Globalization;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Trainers.Heads;

/// <summary>What a kind of head keeps in its file beside the description.</summary>
/// <param name="Tensors">Its numbers.</param>
/// <param name="Options">What else it needs, as text by name.</param>
internal sealed record HeadContent(IReadOnlyList<SafetensorsTensor> Tensors, IReadOnlyDictionary<string, string> Options)
{
    public static SafetensorsTensor Float32(string name, long[] shape, ReadOnlySpan<float> values)
    {
        var bytes = new byte[checked(values.Length * sizeof(float))];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return new SafetensorsTensor(name, "F32", shape, bytes);
    }

    public static SafetensorsTensor Int64(string name, ReadOnlySpan<int> values)
    {
        var bytes = new byte[checked(values.Length * sizeof(long))];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), values[i]);
        }

        return new SafetensorsTensor(name, "I64", [values.Length], bytes);
    }

    public static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
