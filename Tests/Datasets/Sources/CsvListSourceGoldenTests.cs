using System.Globalization;
using System.Text;
using System.Text.Json;
using MlTransfer.Datasets.Sources;
using MlTransfer.Goldens;

namespace MlTransfer.Datasets.Tests.Sources;

/// <summary>The lists of golden/formats/5_csv, against expected.json and the conventions of its note.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/5_csv")]
public sealed class CsvListSourceGoldenTests
{
    private static readonly string[] Folder = ["golden", "formats", "5_csv"];

    public static TheoryData<string> Lists()
    {
        var lists = new TheoryData<string>();
        var folder = GoldenFolder.At(Folder);
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder).Where(file => Path.GetExtension(file) is ".csv" or ".tsv").Order(StringComparer.Ordinal))
            {
                lists.Add(Path.GetFileName(file));
            }
        }

        if (lists.Count == 0)
        {
            lists.Add("");
        }

        return lists;
    }

    [SkippableTheory]
    [MemberData(nameof(Lists))]
    public void Lists_of_every_dialect(string list)
    {
        Skip.If(list.Length == 0, $"{GoldenFolder.At(Folder)} does not exist.");
        var file = GoldenFolder.At([.. Folder, list]);
        var name = Path.GetFileNameWithoutExtension(list);
        if (name.StartsWith("malformed", StringComparison.Ordinal) || name is "empty" or "header_only")
        {
            var fault = Assert.Throws<DatasetException>(() => CsvListSource.Read(file));
            Assert.Contains(list, fault.Message, StringComparison.Ordinal);
            if (name.StartsWith("malformed", StringComparison.Ordinal))
            {
                Assert.Contains("line ", fault.Message, StringComparison.Ordinal);
            }

            return;
        }

        if (name.StartsWith("latin1", StringComparison.Ordinal))
        {
            Assert.Contains("UTF-8", Assert.Throws<DatasetException>(() => CsvListSource.Read(file)).Message, StringComparison.Ordinal);
            var image = Assert.Single(CsvListSource.Read(file, new CsvListOptions { Encoding = Encoding.Latin1 }).Images);
            var bytes = File.ReadAllLines(file, Encoding.Latin1)[1].Split(',');
            Assert.Equal((bytes[0], bytes[1]), (image.Path, image.Label));
            return;
        }

        var images = CsvListSource.Read(file).Images;
        if (name.StartsWith("embedded_newline", StringComparison.Ordinal))
        {
            Assert.Equal([("multi\nline.jpg", "x"), ("plain.jpg", "a\"b")], images.Select(image => (image.Path, image.Label)));
            return;
        }

        // A list may hold the first rows only, and its paths may begin with a drive or a bucket.
        var (paths, labels) = Expected();
        Assert.Equal(Rows(file), images.Count);
        Assert.All(images.Zip(paths), pair => Assert.EndsWith(pair.Second, pair.First.Path, StringComparison.Ordinal));
        if (!name.StartsWith("windows", StringComparison.Ordinal) && !name.StartsWith("google", StringComparison.Ordinal))
        {
            Assert.Equal(paths.Take(images.Count), images.Select(image => image.Path));
        }

        if (name.StartsWith("numeric_labels", StringComparison.Ordinal))
        {
            var classes = images.Select(image => image.Label).Distinct().Count();
            Assert.Equal(Enumerable.Range(0, images.Count).Select(row => (row % classes).ToString(CultureInfo.InvariantCulture)), images.Select(image => image.Label));
        }
        else
        {
            Assert.Equal(labels.Take(images.Count), images.Select(image => image.Label));
        }

        if (name.StartsWith("google", StringComparison.Ordinal))
        {
            Assert.All(images, image => Assert.NotNull(image.Subset));
        }
    }

    /// <summary>Lines that are neither blank, nor comments, nor the header.</summary>
    private static int Rows(string file) =>
        File.ReadAllText(file).Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Count(line => !line.StartsWith('#') && !(line.Contains("label", StringComparison.OrdinalIgnoreCase) && line.Contains("path", StringComparison.OrdinalIgnoreCase)));

    private static (string[] Paths, string[] Labels) Expected()
    {
        var expected = GoldenFolder.Index([.. Folder, "expected.json"])!.Value;
        return ([.. expected.GetProperty("paths").EnumerateArray().Select(Text)], [.. expected.GetProperty("labels").EnumerateArray().Select(Text)]);
    }

    private static string Text(JsonElement element) => element.GetString()!;
}
