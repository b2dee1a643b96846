using System.Text;
using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Tests.Arrays;

public sealed class MappedNpyMatrixTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("mltransfer-").FullName, "matrix.npy");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Every_float16_becomes_the_float32_it_is()
    {
        var halves = Enumerable.Range(0, 65536).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray();
        foreach (var length in new[] { 65536, 1, 15, 16, 17, 33, 1000 })
        {
            var singles = new float[length];
            HalfConversion.ToSingle(halves.AsSpan(0, length), singles);
            for (var i = 0; i < length; i++)
            {
                if (Half.IsNaN(halves[i]))
                {
                    Assert.True(float.IsNaN(singles[i]), $"{i:x4}: {singles[i]}");
                }
                else
                {
                    Assert.Equal(BitConverter.SingleToInt32Bits((float)halves[i]), BitConverter.SingleToInt32Bits(singles[i]));
                }
            }
        }
    }

    [Theory]
    [InlineData("<f2", 2)]
    [InlineData("<f4", 4)]
    [InlineData("<f8", 8)]
    public void Rows_are_read_and_can_be_let_go(string type, int bytes)
    {
        var data = new byte[7 * 5 * bytes];
        for (var i = 0; i < 35; i++)
        {
            var number = bytes switch { 2 => BitConverter.GetBytes((Half)(i - 10)), 4 => BitConverter.GetBytes(i - 10f), _ => BitConverter.GetBytes(i - 10.0) };
            number.CopyTo(data, i * bytes);
        }

        Write($"{{'descr': '{type}', 'fortran_order': False, 'shape': (7, 5), }}", data);
        using var matrix = MappedNpyMatrix.Open(_path, residentBytes: 0);
        Assert.Equal((7, 5, type), (matrix.Rows, matrix.Columns, matrix.ElementType));
        var row = new float[5];
        for (var round = 0; round < 2; round++)
        {
            for (var r = 0; r < 7; r++)
            {
                matrix.CopyRow(r, row);
                Assert.Equal(Enumerable.Range(0, 5).Select(d => (r * 5) + d - 10f), row);
            }

            matrix.Release(0, 7);
        }

        Assert.Throws<ArgumentException>(() => matrix.CopyRow(7, row));
        Assert.Throws<ArgumentException>(() => matrix.CopyRow(0, row.AsSpan(0, 4)));
    }

    [Fact]
    public void Letting_go_of_many_pages_keeps_the_numbers()
    {
        var data = new byte[600 * 512 * 2];
        for (var i = 0; i < 600 * 512; i++)
        {
            BitConverter.GetBytes((Half)(i % 601)).CopyTo(data, i * 2);
        }

        Write("{'descr': '<f2', 'fortran_order': False, 'shape': (600, 512), }", data);
        using var matrix = MappedNpyMatrix.Open(_path, residentBytes: 0);
        var row = new float[512];
        matrix.CopyRow(300, row);
        var before = row.ToArray();
        matrix.Release(0, 600);
        matrix.CopyRow(300, row);
        Assert.Equal(before, row);
    }

    [Theory]
    [InlineData("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }", 16, "<i4")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (2, 2), }", 16, "big-endian")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", 16, "Fortran order")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", 16, "shape (4)")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 16, "cut short")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 2000000000), }", 16, "too large")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 0), }", 0, "without numbers")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 20), }", 16, "promises")]
    public void What_cannot_be_mapped_is_named(string header, int bytes, string what)
    {
        Write(header, new byte[bytes]);
        var error = Assert.Throws<InvalidDataException>(() => MappedNpyMatrix.Open(_path));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
    }

    private void Write(string header, byte[] data)
    {
        var text = header + "\n";
        File.WriteAllBytes(_path, [0x93, .. "NUMPY"u8, 1, 0, (byte)text.Length, 0, .. Encoding.ASCII.GetBytes(text), .. data]);
    }
}
