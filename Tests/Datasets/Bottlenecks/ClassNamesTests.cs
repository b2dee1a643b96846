using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Tests.Sources;

namespace MlTransfer.Datasets.Tests.Bottlenecks;

public sealed class ClassNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("daisy\nsun flowers\n")]
    [InlineData("\uFEFFdaisy\r\nsun flowers")]
    [InlineData("0:daisy\n1:sun flowers\n")]
    [InlineData("ClassId,SignName\n0,daisy\n1,sun flowers\n")]
    [InlineData("1,\"sun flowers\"\n0,daisy\n")]
    [InlineData("[\"daisy\", \"sun flowers\"]")]
    [InlineData("{\"sun flowers\": 1, \"daisy\": 0}")]
    [InlineData("{\"0\": \"daisy\", \"1\": \"sun flowers\"}")]
    public void Names_are_read_in_the_order_of_the_classes(string text) => Assert.Equal(["daisy", "sun flowers"], Read(text));

    [Theory]
    [InlineData("", "no classes")]
    [InlineData("a\n\nb\n", "line 2 is empty")]
    [InlineData("a\na\n", "'a'")]
    [InlineData("0:a\n2:b\n", "2 (b)")]
    [InlineData("{\"a\": 0, \"b\": 0}", "0 (b)")]
    [InlineData("{\"a\": [", "names.txt")]
    [InlineData("{\"a\": true}", "names.txt")]
    [InlineData("[1, 2]", "names.txt")]
    [InlineData("[[[[[[[[[[1]]]]]]]]]]", "names.txt")]
    public void Files_that_do_not_name_each_class_once_are_refused(string text, string named)
    {
        var message = Assert.Throws<InvalidDataException>(() => Read(text)).Message;
        Assert.StartsWith(_folder.At("names.txt"), message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_read_back_and_a_name_that_would_be_two_is_refused()
    {
        string[] names = ["daisy", "a\"b", "c, d", "\u00fc \U0001f600"];
        Assert.Equal(names, Read(ClassNames.ToLines(names)));
        foreach (var end in new[] { "\n", "\r", "\r\n", "\u0085", "\u2028" })
        {
            Assert.Contains("line break", Assert.Throws<InvalidDataException>(() => ClassNames.ToLines(["a", $"sun{end}flower"])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Numbers_become_names_and_names_stay()
    {
        var set = new BottleneckSet([1, 2, 3], [3, 1], null, ["1", "daisy", "0"]).WithClassNames(["daisy", "rose"]);
        Assert.Equal(["rose", "daisy", "daisy"], set.LabelTexts!);
        Assert.Contains("row 0 is 2", Assert.Throws<InvalidDataException>(() => new BottleneckSet([1], [1, 1], [2]).WithClassNames(["daisy", "rose"])).Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<string> Read(string text)
    {
        File.WriteAllText(_folder.At("names.txt"), text);
        return ClassNames.Read(_folder.At("names.txt"));
    }
}
