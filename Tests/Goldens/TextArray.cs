using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace MlTransfer.Goldens;

/// <summary>Reads a one-dimensional array of texts (`&lt;U…`) out of an .npz file.</summary>
public static class TextArray
{
    /// <summary>The texts, without the zeros that fill them up.</summary>
    public static string[] Read(string npz, string name)
    {
        using var archive = ZipFile.OpenRead(npz);
        using var memory = new MemoryStream();
        using (var member = archive.GetEntry(name + ".npy")!.Open())
        {
            member.CopyTo(memory);
        }

        var bytes = memory.ToArray();
        var data = 10 + BitConverter.ToUInt16(bytes, 8);
        var header = Encoding.ASCII.GetString(bytes, 10, data - 10);
        var mark = header.IndexOf("'<U", StringComparison.Ordinal) + 3;
        var length = 4 * int.Parse(header.AsSpan(mark, header.IndexOf('\'', mark) - mark), CultureInfo.InvariantCulture);
        return [.. bytes[data..].Chunk(length).Select(text => Encoding.UTF32.GetString(text).TrimEnd('\0'))];
    }
}
