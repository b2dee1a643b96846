using System.Buffers.Binary;
using System.Text;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Tests.Arrays;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safetensors").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private string Write(string header, int dataBytes, ulong? claimed = null)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + text.Length + dataBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, claimed ?? (ulong)text.Length);
        text.CopyTo(bytes, 8);
        File.WriteAllBytes(At("x.safetensors"), bytes);
        return At("x.safetensors");
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var metadata = new Dictionary<string, string> { ["zwei"] = "Größe \"1\"\n", ["eins"] = "花" };
        SafetensorsTensor[] tensors =
        [
            new("ñame/\"x\"", "U8", [3], new byte[] { 1, 2, 3 }),
            new("b", "F32", [2], new byte[] { 0, 0, 128, 63, 0, 0, 0, 64 }),
            new("empty", "I16", [0, 4], Array.Empty<byte>()),
            new("scalar", "F64", [], BitConverter.GetBytes(2.5)),
            new("half", "F16", [1], BitConverter.GetBytes((Half)1.5)),
            new("brain", "BF16", [1], new byte[] { 0xC0, 0x3F }),
        ];
        SafetensorsWriter.Write(At("a"), tensors, metadata);
        using var reader = new SafetensorsReader(At("a"));
        Assert.Equal(metadata, reader.Metadata);
        Assert.Equal(tensors.Length, reader.Tensors.Count);
        foreach (var tensor in tensors)
        {
            Assert.Equal(tensor.Data.ToArray(), reader.ReadBytes(tensor.Name));
            Assert.Equal(tensor.Shape, reader.Tensors[tensor.Name].Shape);
            Assert.Equal(tensor.Type, reader.Tensors[tensor.Name].Type);
            Assert.Equal(0, reader.Tensors[tensor.Name].Begin % Math.Max(1, tensor.Type == "F64" ? 8 : tensor.Type == "F32" ? 4 : 1));
        }

        Assert.Equal([1f, 2f], reader.ReadFloat32("b"));
        Assert.Equal([2.5f], reader.ReadFloat32("scalar"));
        Assert.Equal([1.5f], reader.ReadFloat32("half"));
        Assert.Equal([1.5f], reader.ReadFloat32("brain"));
        Assert.Contains("type U8", Assert.Throws<InvalidDataException>(() => reader.ReadFloat32("ñame/\"x\"")).Message, StringComparison.Ordinal);
        Assert.Contains("no tensor 'c'", Assert.Throws<KeyNotFoundException>(() => reader.ReadBytes("c")).Message, StringComparison.Ordinal);
        Assert.Equal(0, (8 + BitConverter.ToInt64(File.ReadAllBytes(At("a")), 0)) % 8);
    }

    [Fact]
    public void A_write_that_fails_leaves_the_old_file_and_nothing_else()
    {
        File.WriteAllText(At("a"), "old");
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(At("a"), [new("x", "F32", [2], new byte[4])], new Dictionary<string, string>()));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(At("a"), [new("x", "Q9", [2], new byte[4])], new Dictionary<string, string>()));
        Assert.Throws<ArgumentException>(
            () => SafetensorsWriter.Write(At("a"), [new("x", "U8", [], new byte[1]), new("x", "U8", [], new byte[1])], new Dictionary<string, string>()));
        Assert.Equal("old", File.ReadAllText(At("a")));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "two tensors are named 'a'")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "'k' comes twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", 0, "comes twice")]
    [InlineData("""{"__metadata__":{"k":1}}""", 0, "String was expected")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}}""", 4, "'more'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"shape":[1],"data_offsets":[0,4]}}""", 4, "'shape' twice")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "zero or more")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}""", 4, "larger than any file")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}""", 4, "do not span")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}""", 4, "two data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "needs dtype")]
    [InlineData("""{"a":[[[[[[[[1]]]]]]]]}""", 4, "StartObject was expected")]
    [InlineData("""{"a":{"dtype":"F32","shape":[[[[[[1]]]]]],"data_offsets":[0,4]}}""", 4, "whole numbers")]
    [InlineData("""[]""", 0, "StartObject was expected")]
    [InlineData("", 0, "not JSON")]
    [InlineData("""{} {}""", 0, "not JSON")]
    [InlineData("""{"a":{"dtype":"\ud800","shape":[1],"data_offsets":[0,4]}}""", 4, "text that cannot be read")]
    public void An_illegal_header_is_refused(string header, int dataBytes, string message)
    {
        var path = Write(header, dataBytes);
        var error = Assert.Throws<InvalidDataException>(() => new SafetensorsReader(path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 40)]
    [InlineData(100_000_001UL)]
    [InlineData(3UL)]
    public void A_false_header_length_allocates_nothing(ulong claimed)
    {
        var path = Write("{}", 0, claimed);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => new SafetensorsReader(path));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Fact]
    public void A_shape_beyond_the_file_is_refused_before_anything_is_allocated() =>
        Assert.Contains(
            "it is cut short",
            Assert.Throws<InvalidDataException>(() => new SafetensorsReader(Write("""{"a":{"dtype":"F64","shape":[1000000000],"data_offsets":[0,8000000000]}}""", 8))).Message,
            StringComparison.Ordinal);
}
