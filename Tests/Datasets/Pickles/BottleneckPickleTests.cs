using System.Text;
using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Pickles;

namespace MlTransfer.Datasets.Tests.Pickles;

public sealed class BottleneckPickleTests
{
    private const string TwoRows = "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR(I1\n(I2\nI1\ntcnumpy\ndtype\n(S'u1'\nI00\nI01\ntR(I3\nS'|'\nNNNI-1\nI-1\nI0\ntbI00\nS'\\x05\\x07'\ntb";

    [Theory]
    [InlineData("(lI3\naL4L\na", new long[] { 3, 4 })]
    [InlineData("(I1\nF2.0\nt", new long[] { 1, 2 })]
    [InlineData("(I01\nI00\nt", new long[] { 1, 0 })]
    public void Number_labels_are_read_from_lists_and_tuples(string labels, long[] expected)
    {
        var set = Parse(labels);
        Assert.Equal([5f, 7f], set.Features);
        Assert.Equal(expected, set.Labels);
        Assert.Null(set.LabelTexts);
    }

    [Fact]
    public void Text_labels_are_read()
    {
        var set = Parse("(S'daisy'\nVroses\nt");
        Assert.Equal(["daisy", "roses"], set.LabelTexts);
        Assert.Null(set.Labels);
        Assert.True(set.HasLabels);
    }

    [Fact]
    public void One_hot_labels_are_read()
    {
        var set = Parse(TwoRows.Replace("I2\nI1\nt", "I2\nI3\nt", StringComparison.Ordinal).Replace("\\x05\\x07", "\\x00\\x00\\x01\\x01\\x00\\x00", StringComparison.Ordinal));
        Assert.Equal([2L, 0], set.Labels);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(2000, false)]
    public void NumPy_texts_are_labels_unless_they_are_longer_than_any_name(int characters, bool isRead)
    {
        var scalar = "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'U" + characters + "'\nI00\nI01\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntbS'" + string.Concat(Enumerable.Repeat("a\\x00\\x00\\x00", characters)) + "'\ntRp9\n";
        if (isRead)
        {
            Assert.Equal(["aa", "aa"], Parse("(" + scalar + "g9\nt").LabelTexts);
            return;
        }

        // The same long text in every row would be converted anew for each: bytes of the file times its rows.
        Assert.Contains("row 1 is a NumPy scalar", Assert.Throws<InvalidDataException>(() => Parse("(S'x'\n" + scalar + "t")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(I1\nt", "1 labels for 2 rows")]
    [InlineData("(I1\nI-1\nt", "row 1 is -1")]
    [InlineData("(I1\nF1.5\nt", "row 1 is 1.5")]
    [InlineData("(I1\nS'x'\nt", "row 1 is a byte string")]
    [InlineData("(S'x'\nI1\nt", "row 1 is a whole number")]
    [InlineData("(I1\nL99999999999999999999L\nt", "row 1 is 99999999999999999999")]
    [InlineData("I5\n", "the labels are a whole number")]
    [InlineData("}", "the labels are a dictionary")]
    public void Other_labels_are_refused_with_the_row(string labels, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Parse(labels)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_pickle_cut_anywhere_or_with_any_byte_changed_is_read_or_refused_but_never_fails_otherwise()
    {
        var pickle = Bytes("(lI3\naL4L\na");
        for (var i = 0; i < pickle.Length; i++)
        {
            Assert.Throws<InvalidDataException>(() => BottleneckPickle.Parse(pickle.AsMemory(0, i)));
            foreach (var value in new byte[] { 0, (byte)'(', (byte)'.', (byte)'0', (byte)'R', (byte)'b', (byte)'9', 0x80, 0x93, 0xff })
            {
                var changed = (byte[])pickle.Clone();
                changed[i] = value;
                var fault = Record.Exception(() => BottleneckPickle.Parse(changed));
                Assert.True(fault is null or InvalidDataException, $"byte {i} as {value}: {fault}");
            }
        }
    }

    private static BottleneckSet Parse(string labels) => BottleneckPickle.Parse(Bytes(labels));

    private static byte[] Bytes(string labels) => Encoding.Latin1.GetBytes("(dS'features'\n" + TwoRows + "sS'labels'\n" + labels + "s.");
}
