using MlTransfer.Datasets.Bottlenecks;
using MlTransfer.Datasets.Splits;
using MlTransfer.Datasets.Tests.Sources;

namespace MlTransfer.Datasets.Tests.Bottlenecks;

public sealed class CsvFeaturesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("path,label,f0,f1\na/1.jpg,a,1,2\nb/2.jpg,b,3,4\n", "a/1.jpg b/2.jpg", "a b")]
    [InlineData("label,f0,f1\r\na,1,2\r\nb,3,4", null, "a b")]
    [InlineData("f0,f1,class\n1,2,a\n3,4,b\n", null, "a b")]
    [InlineData("x1\tx2\ty\n1\t2\t0\n3\t4\t1\n", null, "0 1")]
    [InlineData(",0,1,label\n0,1,2,a\n1,3,4,b\n", "0 1", "a b")]
    [InlineData("id;f0;f1;Class Name\nr7;1;2;a\nr9;3;4;b\n", "r7 r9", "a b")]
    [InlineData("\"path\",\"label\",\"f0\",\"f1\"\n\"a, 1.jpg\",\"a\",\"1\",\"2\"\n\"b.jpg\",\"b\",\"3\",\"4\"\n", "a, 1.jpg|b.jpg", "a b")]
    [InlineData("a,1,2\nb,3,4\n", null, "a b")]
    [InlineData("1,2,a\n3,4,b\n", null, "a b")]
    [InlineData("x/1.jpg,a,1,2\nx/2.jpg,b,3,4\n", "x/1.jpg x/2.jpg", "a b")]
    [InlineData("0,1,2\n1,3,4\n", null, "0 1")]
    [InlineData("1 2 a\n3 4 b\n", null, "a b")]
    [InlineData("0,1,2\n1.0,2.0,0\n3.0,4.0,1\n", null, "0 1")]
    [InlineData("0,1,2\n0,1.0,2.0\n1,3.0,4.0\n", null, "0 1")]
    [InlineData(",0,1,2\n7,1.0,2.0,0\n8,3.0,4.0,1\n", "7 8", "0 1")]
    [InlineData("0,1,2\n1.0,2.0,a\n3.0,4.0,b\n", null, "a b")]
    [InlineData("0.000000000000000000e+00,1.0,2.0\n1.000000000000000000e+00,3.0,4.0\n", null, "0 1")]
    [InlineData("# made by a program\nlabel,f0,f1\n\na,1,2\nb,3,4\n", null, "a b")]
    [InlineData("path,label,f0,f1,sha256,note\na.jpg,a,1,2,ab,x\nb.jpg,b,3,4,cd,y\n", "a.jpg b.jpg", "a b")]
    public void Tables_of_every_style_give_the_same_rows(string text, string? names, string labels)
    {
        var set = Read(text);
        Assert.Equal([2, 2], set.Shape);
        Assert.Equal([1f, 2f, 3f, 4f], set.Features);
        Assert.Equal(names?.Split(names.Contains('|', StringComparison.Ordinal) ? '|' : ' '), set.Names);
        Assert.Equal(labels.Split(' '), Enumerable.Range(0, set.Rows).Select(set.LabelOf));
    }

    [Fact]
    public void A_header_alone_is_a_set_without_rows() => Assert.Equal([0, 2], Read("path,label,f0,f1\n").Shape);

    [Fact]
    public void A_column_of_splits_is_understood()
    {
        var set = Read("label,split,f0\na,train,1\nb,Validation,2\na,TEST,3\nb,,4\n");
        Assert.Equal([Subset.Training, Subset.Validation, Subset.Test, null], set.Subsets!);
        Assert.Equal([1f, 2f, 3f, 4f], set.Features);
    }

    [Fact]
    public void The_label_column_can_be_named_or_numbered()
    {
        const string text = "1,2,7\n3,4,8\n";
        Assert.Equal(["7", "8"], Labels(Read(text, column: "3")));
        Assert.Equal(["2", "4"], Labels(Read("p,q,r\n" + text, column: "Q")));
        Assert.Contains("'s'", Assert.Throws<InvalidDataException>(() => Read("p,q,r\n" + text, column: "s")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_may_lie_in_a_file_of_their_own()
    {
        File.WriteAllText(_folder.At("labels.txt"), "label\r\na\r\nb");
        var set = Read("1,2\n3,4\n", labels: _folder.At("labels.txt"));
        Assert.Equal(2, set.Dimension);
        Assert.Equal(["a", "b"], Labels(set));
    }

    [Theory]
    [InlineData("", "no rows")]
    [InlineData("path,label\n", "features")]
    [InlineData("label,f0,f1\na,1,2\nb,3\n", "line 3: 2 fields")]
    [InlineData("label,f0,f1\na,1,2\nb,3,x\n", "line 3: column 3 is 'x'")]
    [InlineData("label,f0,f1\na,1,2\nb,3,nan\n", "'nan'")]
    [InlineData("label,f0,f1\na,1,1e39\n", "'1e39'")]
    [InlineData("label,f0,f1\na,1,2\n,3,4\n", "line 3: the label is empty")]
    [InlineData("path,label,f0\nx,a,1\nx,b,2\n", "second time")]
    [InlineData("label,split,f0\na,later,1\n", "'later'")]
    [InlineData("label,f0\n\"a,1\nb,2\n", "quote")]
    [InlineData("p,a,q,1\nr,b,s,2\n", "header")]
    public void Damaged_tables_are_refused_with_the_place(string text, string named)
    {
        var message = Assert.Throws<InvalidDataException>(() => Read(text)).Message;
        Assert.StartsWith(_folder.At("t.csv"), message, StringComparison.Ordinal);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Labels(BottleneckSet set) => Enumerable.Range(0, set.Rows).Select(set.LabelOf);

    private BottleneckSet Read(string text, string? column = null, string? labels = null)
    {
        File.WriteAllText(_folder.At("t.csv"), text);
        return BottleneckSource.Read(_folder.At("t.csv"), new BottleneckReadOptions { LabelColumn = column, LabelsFile = labels });
    }
}
