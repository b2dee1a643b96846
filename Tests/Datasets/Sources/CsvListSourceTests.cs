using System.Text;
using MlTransfer.Datasets.Sources;
using MlTransfer.Datasets.Splits;

namespace MlTransfer.Datasets.Tests.Sources;

public sealed class CsvListSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Paths_start_from_the_list_and_missing_files_are_said()
    {
        _folder.Make("a/1.jpg", "a/2.jpg");
        var dataset = Read("path,label\na/1.jpg,x\n./a/2.jpg,y\na/3.jpg,x\n");
        Assert.Equal(["a/1.jpg", "a/2.jpg", "a/3.jpg"], dataset.Images.Select(image => image.Path));
        Assert.Equal(_folder.At("a/2.jpg"), dataset.Images[1].FullPath);
        Assert.Equal(["x", "y"], dataset.Labels);
        Assert.Contains("1 of 3 files do not exist", Assert.Single(dataset.Notices), StringComparison.Ordinal);
    }

    [Fact]
    public void Root_and_prefix_are_options()
    {
        _folder.Make("pictures/1.jpg", "pictures/sub/2.jpg");
        var dataset = Read(
            "C:\\data\\1.jpg,x\nC:\\data\\sub\\2.jpg,y\n", new CsvListOptions { Root = _folder.At("pictures"), StripPrefix = "C:\\data\\" });
        Assert.Empty(dataset.Notices);
        Assert.Equal(["1.jpg", "sub/2.jpg"], dataset.Images.Select(image => image.Path));
        Assert.Equal(_folder.At("pictures"), dataset.Root);
    }

    [Theory]
    [InlineData("filename;class\n1.jpg;x\n2.jpg;y\n")]
    [InlineData("Label|Image Path\nx|1.jpg\ny|2.jpg\n")]
    [InlineData("x\t1.jpg\ny\t2.jpg\n")]
    [InlineData("1.jpg|x\n2.jpg|y\n")]
    [InlineData("id,file_name,category,size\n7,1.jpg,x,\"3,5\"\n8,2.jpg,y,4\n")]
    public void Separator_header_and_columns_are_told(string text) =>
        Assert.Equal([("1.jpg", "x"), ("2.jpg", "y")], Read(text).Images.Select(image => (image.Path, image.Label)));

    [Fact]
    public void Columns_can_be_stated()
    {
        var dataset = Read("photo,what,label\n1.jpg,x,0\n2.jpg,y,1\n", new CsvListOptions { PathColumn = "Photo", LabelColumn = "what" });
        Assert.Equal([("1.jpg", "x"), ("2.jpg", "y")], dataset.Images.Select(image => (image.Path, image.Label)));
        Assert.Contains("photo, what, label", Fault("photo,what,label\n1.jpg,x,0\n", new CsvListOptions { PathColumn = "nope" }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_split_column_is_a_declared_split()
    {
        var dataset = Read("path,label,split\n1.jpg,x,train\n2.jpg,y,VAL\n3.jpg,x,test\n4.jpg,y,\n5.jpg,y,fold7\n");
        Assert.Equal([Subset.Training, Subset.Validation, Subset.Test, null, null], dataset.Images.Select(image => image.Subset));
        Assert.Equal([Subset.Training, Subset.Validation, Subset.Test, Subset.Training, Subset.Training], DatasetSplit.Declared(dataset)!.Subsets);
        Assert.Contains(dataset.Notices, notice => notice.StartsWith("1 rows have a subset", StringComparison.Ordinal));
        Assert.Null(DatasetSplit.Declared(Read("1.jpg,x\n2.jpg,y\n")));
    }

    [Theory]
    [InlineData("path,label\n1.jpg,x\n2.jpg\n", "line 3", "1 field ")]
    [InlineData("path,label\n\n# c\n1.jpg,x\n2.jpg,x,y\n", "line 5", "3 fields")]
    [InlineData("path,label\n1.jpg,\n", "line 2", "label is empty")]
    [InlineData("path,label\n,x\n", "line 2", "path is empty")]
    [InlineData("path,label\n1.jpg,x\n1.jpg,y\n", "line 3", "x on line 2")]
    [InlineData("path,label\n\"a\nb.jpg\",x\n\"1.jpg,x\n2.jpg,y\n", "line 4", "quote")]
    [InlineData("path,label\n\"1.jpg\"z,x\n", "line 2", "quote")]
    [InlineData("just one column\nof text\n", "line 1", "path,label")]
    [InlineData("a,b,c\nd,e,f\n", "line 1", "3 columns")]
    [InlineData("", "holds no rows", "path,label")]
    [InlineData("# only a comment\n\n", "holds no rows", "path,label")]
    [InlineData("path,label\n", "holds no rows", "header")]
    [InlineData("path,label\n1\0.jpg,x\n", "zero character", "text")]
    public void Faults_name_the_line(string text, string where, string what)
    {
        var message = Fault(text);
        Assert.Contains(_folder.At("list.csv"), message, StringComparison.Ordinal);
        Assert.Contains(where, message, StringComparison.Ordinal);
        Assert.Contains(what, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Repeated_rows_count_once_and_this_is_said()
    {
        var dataset = Read("1.jpg,x\n2.jpg,y\n1.jpg,x\n");
        Assert.Equal(2, dataset.Images.Count);
        Assert.Contains(dataset.Notices, notice => notice.StartsWith("1 row repeats", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_unicode_encoding_with_a_mark_is_read()
    {
        foreach (var encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32, new UTF32Encoding(true, true) })
        {
            File.WriteAllText(_folder.At("list.csv"), "path,label\nü🌻.jpg,grün\n", encoding);
            var image = Assert.Single(CsvListSource.Read(_folder.At("list.csv")).Images);
            Assert.Equal(("ü🌻.jpg", "grün"), (image.Path, image.Label));
        }
    }

    [Fact]
    public void A_missing_list_is_named_with_what_exists()
    {
        var fault = Assert.Throws<DatasetException>(() => CsvListSource.Read(_folder.At("no/list.csv")));
        Assert.Contains($"{_folder.FullPath} exists", fault.Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<DatasetException>(() => CsvListSource.Read(_folder.FullPath)).Message, StringComparison.Ordinal);
    }

    private ImageDataset Read(string text, CsvListOptions? options = null)
    {
        File.WriteAllText(_folder.At("list.csv"), text);
        return CsvListSource.Read(_folder.At("list.csv"), options);
    }

    private string Fault(string text, CsvListOptions? options = null) => Assert.Throws<DatasetException>(() => Read(text, options)).Message;
}
