using MlTransfer.Datasets.Arrays;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Arrays;

/// <summary>Files of Hugging Face's writer, and files that its reader refuses.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/1_models/safetensors")]
public sealed class SafetensorsGoldenTests
{
    private const string Absent = "no file";

    private static string Folder => GoldenFolder.At("golden", "formats", "1_models", "safetensors");

    public static TheoryData<string> Readable() => Files(Folder);

    public static TheoryData<string> Malformed() => Files(Path.Combine(Folder, "malformed"));

    [SkippableTheory]
    [MemberData(nameof(Readable))]
    public void Legal_files_are_read(string name)
    {
        Skip.If(name == Absent, "The golden folder has no safetensors files.");
        using var reader = new SafetensorsReader(Path.Combine(Folder, name));
        foreach (var entry in reader.Tensors.Values)
        {
            Assert.Equal(entry.ByteCount, reader.ReadBytes(entry.Name).Length);
        }

        var expected = Path.Combine(Folder, Path.ChangeExtension(name, null) + "_expected.npz");
        if (File.Exists(expected))
        {
            AssertSame(expected, reader);
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Malformed))]
    public void Malformed_files_are_refused_with_a_reason(string name)
    {
        Skip.If(name == Absent, "The golden folder has no malformed safetensors files.");
        var path = Path.Combine(Folder, "malformed", name);
        var error = Assert.Throws<InvalidDataException>(() => new SafetensorsReader(path));
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length > path.Length + 20);
    }

    private static TheoryData<string> Files(string folder)
    {
        var files = new TheoryData<string>();
        if (Directory.Exists(folder))
        {
            files.AddRange([.. Directory.GetFiles(folder, "*.safetensors").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]);
        }

        if (files.Count == 0)
        {
            files.Add(Absent);
        }

        return files;
    }

    private static void AssertSame(string expected, SafetensorsReader reader)
    {
        using var archive = new NpzReader(expected);
        foreach (var name in archive.Names)
        {
            var array = archive.Read(name);
            var entry = reader.Tensors[name];
            Assert.Equal(array.Shape.Select(extent => (long)extent), entry.Shape);
            Assert.Equal(array.Data, reader.ReadBytes(name));
        }
    }
}
