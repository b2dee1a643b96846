using MlTransfer.Datasets.Sources;

namespace MlTransfer.Datasets.Tests.Sources;

public sealed class PathOrderTests
{
    [Theory]
    [InlineData("img2", "img10")]
    [InlineData("img02", "img10")]
    [InlineData("a/img9.jpg", "a/img10.jpg")]
    [InlineData("a/z.jpg", "a-b/a.jpg")]
    [InlineData("2/x", "10/a")]
    [InlineData("a", "a/b")]
    [InlineData("A", "a")]
    [InlineData("img007", "img7x")]
    [InlineData("img07", "img7")]
    [InlineData("99999999999999999999998", "99999999999999999999999")]
    [InlineData("x", "ü")]
    public void Natural_order_is_by_parts_and_numbers(string first, string second)
    {
        Assert.True(PathOrder.Natural.Compare(first, second) < 0);
        Assert.True(PathOrder.Natural.Compare(second, first) > 0);
        Assert.Equal(0, PathOrder.Natural.Compare(first, first));
    }

    [Theory]
    [InlineData("img10", "img2")]
    [InlineData("B", "a")]
    [InlineData("a/z.jpg", "a-b/a.jpg")]
    public void Ordinal_order_is_by_code_unit(string first, string second) => Assert.True(PathOrder.Ordinal.Compare(first, second) < 0);

    [Fact]
    public void Natural_order_is_total_and_transitive()
    {
        var random = new Random(3);
        const string letters = "0019a/";
        var names = Enumerable.Range(0, 60).Select(_ => new string([.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => letters[random.Next(letters.Length)])])).Distinct().ToArray();
        foreach (var x in names)
        {
            foreach (var y in names)
            {
                Assert.Equal(x == y, PathOrder.Natural.Compare(x, y) == 0);
                Assert.Equal(Math.Sign(PathOrder.Natural.Compare(x, y)), -Math.Sign(PathOrder.Natural.Compare(y, x)));
                foreach (var z in names)
                {
                    if (PathOrder.Natural.Compare(x, y) < 0 && PathOrder.Natural.Compare(y, z) < 0)
                    {
                        Assert.True(PathOrder.Natural.Compare(x, z) < 0, $"{x} < {y} < {z}");
                    }
                }
            }
        }
    }
}
