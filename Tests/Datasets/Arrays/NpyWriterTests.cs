using MlTransfer.Datasets.Arrays;

namespace MlTransfer.Datasets.Tests.Arrays;

public sealed class NpyWriterTests
{
    [Fact]
    public void An_array_reads_back()
    {
        using var stream = new MemoryStream();
        byte[] data = [1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0];
        NpyWriter.Write(stream, "<i2", [2, 3], data);
        Assert.Equal(NpyWriter.HeaderBytes + data.Length, stream.Length);
        var array = NpyReader.Parse(stream.ToArray());
        Assert.Equal("<i2", array.Descr);
        Assert.Equal([2, 3], array.Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], array.AsSpan<short>().ToArray());
    }

    [Theory]
    [InlineData]
    [InlineData(7L)]
    [InlineData(0L)]
    [InlineData(2_000_000_000L, 2048L)]
    public void Headers_have_one_length(params long[] shape)
    {
        var header = NpyWriter.Header("<f4", shape);
        Assert.Equal(NpyWriter.HeaderBytes, header.Length);
        Assert.Equal(shape, NpyReader.ParseHeader(header).Shape.Select(extent => (long)extent));
        Assert.Equal((byte)'\n', header[^1]);
    }

    [Fact]
    public void An_archive_of_numbers_and_texts_reads_back_and_is_the_same_bytes_each_time()
    {
        var file = Path.GetTempFileName();
        try
        {
            byte[] Write()
            {
                using (var stream = File.Create(file))
                {
                    using var writer = new NpzWriter(stream);
                    writer.Write("numbers", "<f4", [2], new byte[8]);
                    writer.WriteText("texts", ["", "größe", "🌻🌻"]);
                    writer.WriteText("none", []);
                }

                return File.ReadAllBytes(file);
            }

            Assert.Equal(Write(), Write());
            using var reader = new NpzReader(file);
            Assert.Equal(["numbers", "texts", "none"], reader.Names);
            Assert.Equal([0, 0], reader.Read("numbers").AsSpan<float>().ToArray());
            Assert.Equal("<U5", reader.Read("texts").Descr);
            Assert.Equal(["", "größe", "🌻🌻"], reader.Read("texts").AsText());
            Assert.Empty(reader.Read("none").AsText());
            Assert.Contains("numbers, texts, none", Assert.Throws<KeyNotFoundException>(() => reader.Read("other")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Cutting_or_changing_a_file_anywhere_is_noticed_or_harmless()
    {
        using var stream = new MemoryStream();
        NpyWriter.Write(stream, "<f4", [2, 2], new byte[16]);
        var file = stream.ToArray();
        for (var length = 0; length < file.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => NpyReader.Parse(file.AsSpan(0, length)));
        }

        var random = new Random(5);
        for (var i = 0; i < 3000; i++)
        {
            var damaged = (byte[])file.Clone();
            damaged[random.Next(NpyWriter.HeaderBytes)] = (byte)random.Next(256);
            try
            {
                Assert.InRange(NpyReader.Parse(damaged).Data.Length, 0, 16);
            }
            catch (InvalidDataException)
            {
                // Refused.
            }
        }
    }
}
