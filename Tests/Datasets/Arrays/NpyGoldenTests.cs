using System.Text.Json;
using MlTransfer.Datasets.Arrays;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Arrays;

/// <summary>The files of golden/formats/3_npy against NumPy's own reading of them.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/3_npy")]
public sealed class NpyGoldenTests
{
    private static readonly string[] Folder = ["golden", "formats", "3_npy"];

    public static TheoryData<string> Files() => Cases(Index()?.GetProperty("files").EnumerateObject().Select(file => file.Name));

    public static TheoryData<string> Malformed() => Cases(
        Directory.Exists(GoldenFolder.At([.. Folder, "malformed"])) ? Directory.EnumerateFiles(GoldenFolder.At([.. Folder, "malformed"])).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal) : null);

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Legal_files_are_read_as_NumPy_reads_them_or_refused_by_name(string file)
    {
        var index = Index();
        Skip.If(index is null, $"{GoldenFolder.At(Folder)} does not exist.");
        var path = GoldenFolder.At([.. Folder, file]);
        var expected = index.Value.GetProperty("files").GetProperty(file);
        if (file.EndsWith(".npy", StringComparison.Ordinal))
        {
            if (expected.GetProperty("dtype").GetString()!.StartsWith('['))
            {
                Assert.Contains("several fields", Assert.Throws<InvalidDataException>(() => NpyReader.Read(path)).Message, StringComparison.Ordinal);
                return;
            }

            Check(NpyReader.Read(path), expected);
            return;
        }

        using var archive = new NpzReader(path);
        Assert.Equal(expected.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal), archive.Names.Order(StringComparer.Ordinal));
        foreach (var member in expected.EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.Object || IsPackedOtherwise(path, member.Name))
            {
                Assert.Contains(member.Name, Assert.Throws<InvalidDataException>(() => archive.Read(member.Name)).Message, StringComparison.Ordinal);
                continue;
            }

            Check(archive.Read(member.Name), member.Value);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Malformed))]
    public void Malformed_files_are_refused_with_their_name(string file)
    {
        Skip.If(file.Length == 0, $"{GoldenFolder.At(Folder)} does not exist.");
        var path = GoldenFolder.At([.. Folder, "malformed", file]);
        if (file.StartsWith("zip_bomb", StringComparison.Ordinal) || file.StartsWith("zip_slip", StringComparison.Ordinal))
        {
            ReadAll(path);
            Assert.Throws<InvalidDataException>(() => ReadAll(path, maxArrayBytes: 64));
            return;
        }

        var fault = Assert.Throws<InvalidDataException>(() =>
        {
            if (file.EndsWith(".npz", StringComparison.Ordinal))
            {
                ReadAll(path);
            }
            else
            {
                NpyReader.Read(path);
            }
        });
        Assert.Contains(file, fault.Message, StringComparison.Ordinal);
    }

    private static void ReadAll(string path, long maxArrayBytes = 1 << 26)
    {
        using var archive = new NpzReader(path, maxArrayBytes);
        foreach (var name in archive.Names)
        {
            archive.Read(name);
        }
    }

    /// <summary>Whether a member is packed by neither store nor deflate, by the method field of the zip's central directory (APPNOTE 4.3.12).</summary>
    private static bool IsPackedOtherwise(string path, string member)
    {
        var bytes = File.ReadAllBytes(path);
        var name = System.Text.Encoding.UTF8.GetBytes(member + ".npy");
        for (var i = 0; i + 46 + name.Length <= bytes.Length; i++)
        {
            if (BitConverter.ToUInt32(bytes, i) == 0x02014b50 && bytes.AsSpan(i + 46, name.Length).SequenceEqual(name))
            {
                return BitConverter.ToUInt16(bytes, i + 10) is not (0 or 8);
            }
        }

        return false;
    }

    private static void Check(NpyArray array, JsonElement expected)
    {
        var dtype = expected.GetProperty("dtype").GetString()!;
        Assert.Equal(dtype.Replace('>', '<'), array.Descr);
        Assert.Equal(expected.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt32()), array.Shape);
        var values = Values(array);
        if (expected.TryGetProperty("values", out var listed))
        {
            Assert.Equal(listed.EnumerateArray().Select(Value), values);
        }
        else if (array.Descr[1] is 'U' or 'S')
        {
            Assert.Equal(expected.GetProperty("sum").EnumerateArray().Select(Value), values);
        }
        else
        {
            Assert.Equal(expected.GetProperty("sum").GetDouble(), values.Sum(value => value switch { double number => number, bool truth => truth ? 1 : 0, _ => double.NaN }), 1e-4);
        }
    }

    private static object Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.Array => (element[0].GetDouble(), element[1].GetDouble()),
        _ => element.GetString() switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            var text => text!,
        },
    };

    private static List<object> Values(NpyArray array) => array.Descr[1..] switch
    {
        "b1" => Of<byte>(array, value => value != 0),
        "i1" => Of<sbyte>(array, value => (double)value),
        "u1" => Of<byte>(array, value => (double)value),
        "i2" => Of<short>(array, value => (double)value),
        "u2" => Of<ushort>(array, value => (double)value),
        "i4" => Of<int>(array, value => (double)value),
        "u4" => Of<uint>(array, value => (double)value),
        "i8" => Of<long>(array, value => (double)value),
        "u8" => Of<ulong>(array, value => (double)value),
        "f2" => Of<Half>(array, value => (double)value),
        "f4" => Of<float>(array, value => (double)value),
        "f8" => Of<double>(array, value => value),
        "c8" => Of<(float Real, float Imaginary)>(array, value => ((double)value.Real, (double)value.Imaginary)),
        "c16" => Of<(double Real, double Imaginary)>(array, value => value),
        _ => [.. array.AsText()],
    };

    private static List<object> Of<T>(NpyArray array, Func<T, object> convert)
        where T : unmanaged => [.. array.AsSpan<T>().ToArray().Select(convert)];

    private static JsonElement? Index() => GoldenFolder.Index([.. Folder, "expected.json"]);

    private static TheoryData<string> Cases(IEnumerable<string>? names)
    {
        var cases = new TheoryData<string>();
        foreach (var name in names ?? [""])
        {
            cases.Add(name);
        }

        return cases;
    }
}
