using System.Text;
using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Tests.Sources;

public sealed class DuplicateContentTests
{
    [Fact]
    public void Same_bytes_are_found_and_contradictions_come_first()
    {
        var found = DuplicateContent.Find(
        [
            ("a/1.jpg", "a", Hash("one")), ("a/copy.jpg", "a", Hash("one")), ("b/2.jpg", "b", Hash("two")), ("b/10.jpg", "b", Hash("three")), ("a/9.jpg", "a", Hash("three")),
        ]);
        Assert.Equal(2, found.Count);
        Assert.True(found[0].IsContradictory);
        Assert.Equal(["a/9.jpg", "b/10.jpg"], found[0].Paths);
        Assert.Equal(["a", "b"], found[0].Labels);
        Assert.False(found[1].IsContradictory);
        var notices = DuplicateContent.Describe(found);
        Assert.Equal(2, notices.Count);
        Assert.Contains("a/9.jpg, b/10.jpg", notices[0], StringComparison.Ordinal);
        Assert.StartsWith("1 file is a copy", notices[1], StringComparison.Ordinal);
        Assert.Equal("1 more pictures have several labels.", DuplicateContent.Describe([found[0], found[0]], limit: 1)[1]);
    }

    [Fact]
    public void Different_bytes_are_no_duplicates() => Assert.Empty(DuplicateContent.Find([("a/1.jpg", "a", Hash("one")), ("b/1.jpg", "b", Hash("two"))]));

    [Fact]
    public void A_hash_is_that_of_the_bytes_and_reads_back()
    {
        // FIPS 180-4's example "abc".
        const string abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        Assert.Equal(abc, Hash("abc").ToString());
        Assert.Equal(Hash("abc"), ContentHash.Parse(abc.ToUpperInvariant()));
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "abc");
        Assert.Equal(Hash("abc"), ContentHash.OfFile(file));
        File.Delete(file);
        Assert.Throws<FormatException>(() => ContentHash.Parse("ba78"));
        Assert.Throws<ArgumentException>(() => new ContentHash(new byte[31]));
    }

    private static ContentHash Hash(string text) => ContentHash.Of(Encoding.UTF8.GetBytes(text));
}
