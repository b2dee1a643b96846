namespace MlTransfer.Trainers.Tests;

public sealed class FeatureMatrixTests
{
    [Fact]
    public void Rows_are_views_and_selections_copies()
    {
        var values = new float[] { 1, 2, 3, 4, 5, 6 };
        var matrix = new FeatureMatrix(values, 3, 2, ["a", "b", "c"]);
        Assert.Equal([3f, 4f], matrix.Row(1).ToArray());
        var selected = matrix.Select([2, 0, 2]);
        values[4] = 50;
        Assert.Equal([5f, 6f], selected.Row(0).ToArray());
        Assert.Equal(["c", "a", "c"], selected.Names!);
        Assert.Equal(50, matrix.Row(2)[0]);
    }

    [Fact]
    public void Lengths_that_do_not_fit_are_refused()
    {
        Assert.Contains("take 6 values; 5", Assert.Throws<ArgumentException>(() => new FeatureMatrix(new float[5], 3, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("1 names", Assert.Throws<ArgumentException>(() => new FeatureMatrix(new float[6], 3, 2, ["a"])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FeatureMatrix(default, 0, 0));
        Assert.Throws<ArgumentException>(() => new FeatureMatrix(default, int.MaxValue, int.MaxValue));
    }
}
