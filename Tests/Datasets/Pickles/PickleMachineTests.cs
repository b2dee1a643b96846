using System.Text;
using MlTransfer.Datasets.Pickles;

namespace MlTransfer.Datasets.Tests.Pickles;

public sealed class PickleMachineTests
{
    [Theory]
    [InlineData("I00\n.", false)]
    [InlineData("I01\n.", true)]
    [InlineData("I-7\n.", -7L)]
    [InlineData("L12L\n.", 12L)]
    [InlineData("F1.5\n.", 1.5)]
    [InlineData("K\x05.", 5L)]
    [InlineData("M\x01\x02.", 513L)]
    [InlineData("J\xff\xff\xff\xff.", -1L)]
    [InlineData("\x8a\x02\x00\x80.", -32768L)]
    [InlineData("\x8a\x00.", 0L)]
    [InlineData("G?\xf0\x00\x00\x00\x00\x00\x00.", 1.0)]
    [InlineData("V\\u00e9\\U0001f600x\n.", "\u00e9\U0001f600x")]
    [InlineData("X\x03\x00\x00\x00\xe2\x82\xac.", "\u20ac")]
    [InlineData("K\x01(K\x02K\x03" + "10.K\x09.", null)]
    [InlineData("K\x04(0.", 4L)]
    public void Literals_are_those_of_the_format(string pickle, object? expected)
    {
        if (expected is null)
        {
            Assert.Contains("empty stack", Fault(pickle), StringComparison.Ordinal);
            return;
        }

        Assert.Equal(expected, Load(pickle));
    }

    [Theory]
    [InlineData("S'a\\x00\\n\\'\\101\\q'\n.", "a\0\n'A\\q")]
    [InlineData("S\"it's\"\n.", "it's")]
    [InlineData("U\x02hi.", "hi")]
    [InlineData("c_codecs\nencode\n(Va\\u00ffb\nVlatin1\ntR.", "a\u00ffb")]
    [InlineData("c__builtin__\nbytes\n)R.", "")]
    public void Byte_strings_are_read_in_every_spelling(string pickle, string expected) =>
        Assert.Equal(expected, Encoding.Latin1.GetString(((ReadOnlyMemory<byte>)Load(pickle)).Span));

    [Theory]
    [InlineData("cos\nsystem\n(S'touch pwned'\ntR.", "os.system")]
    [InlineData("c_codecs\nencode\n(Vprint\nVrot13\ntR.", "Latin-1")]
    [InlineData("cnumpy\nndarray\n)R.", "not what Python and NumPy write")]
    [InlineData("K\x01)R.", "used as a function")]
    [InlineData("]I1\nb.", "only arrays")]
    [InlineData("K\x01K\x02" + "a.", "APPEND")]
    [InlineData("}(K\x01u.", "key without a value")]
    [InlineData("}]K\x01s.", "Python does not allow")]
    [InlineData("t.", "mark that was never set")]
    [InlineData("(a.", "empty stack")]
    [InlineData("I12x\n.", "no whole number")]
    [InlineData("I12", "cut short")]
    [InlineData("Sabc\n.", "not in quotes")]
    [InlineData("X\x01\x00\x00\x00\xff.", "UTF-8")]
    [InlineData("T\xff\xff\xff\xff.", "negative length")]
    [InlineData("\x97.", "outside the file")]
    public void What_is_wrong_is_told_with_the_byte(string pickle, string reason)
    {
        var message = Fault(pickle);
        Assert.Contains(reason, message, StringComparison.Ordinal);
        Assert.Contains("at byte", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_cannot_be_converted_more_often_than_the_file_is_long()
    {
        var pickle = "V" + new string('x', 5000) + "\np0\n" + string.Concat(Enumerable.Repeat("c_codecs\nencode\n(g0\nVlatin1\ntR0", 10)) + "N.";
        Assert.Contains("again and again", Fault(pickle), StringComparison.Ordinal);
    }

    [Fact]
    public void More_instructions_than_any_feature_file_has_are_refused()
    {
        var pickle = new byte[PickleMachine.MaxInstructions + 2];
        Array.Fill(pickle, (byte)'N');
        for (var i = 1; i < pickle.Length; i += 2)
        {
            pickle[i] = (byte)'0';
        }

        Assert.Contains("more than", Assert.Throws<InvalidDataException>(() => PickleMachine.Load(pickle)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Axes_of_a_transposed_array_are_put_in_order()
    {
        // A C-ordered (2, 3) buffer whose axes are swapped, as NumPy writes transposed arrays in protocol 5.
        var pickle = Latin("cnumpy.core.numeric\n_frombuffer\n(C\x06\x00\x01\x02\x03\x04\x05" + "cnumpy\ndtype\n(Vu1\nI00\nI01\ntR(I2\nI3\ntVK\n(I1\nI0\nttR.");
        var array = Assert.IsType<PickledArray>(PickleMachine.Load(pickle)).ToArray();
        Assert.Equal([3, 2], array.Shape);
        Assert.Equal(new byte[] { 0, 3, 1, 4, 2, 5 }, array.Data);
    }

    [Theory]
    [InlineData("(I0\nI0\nt")]
    [InlineData("(I0\nt")]
    [InlineData("(I0\nI2\nt")]
    public void Axes_that_are_no_order_are_refused(string axes) =>
        Assert.Contains("no order", Fault("cnumpy.core.numeric\n_frombuffer\n(C\x02\x00\x01" + "cnumpy\ndtype\n(Vu1\nI00\nI01\ntR(I2\nI1\ntVK\n" + axes + "tR."), StringComparison.Ordinal);

    private static object Load(string pickle) => PickleMachine.Load(Latin(pickle));

    private static string Fault(string pickle) => Assert.Throws<InvalidDataException>(() => Load(pickle)).Message;

    private static byte[] Latin(string pickle) => Encoding.Latin1.GetBytes(pickle);
}
