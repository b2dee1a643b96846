namespace MlTransfer.Pipeline.Tests;

public sealed class CommandLineFaultTests
{
    [Theory]
    [InlineData("retrain --imagse photos", "There is no option '--imagse'. Did you mean '--images'")]
    [InlineData("retrain --image-dir photos", "'--image_dir'")]
    [InlineData("extract-features --images=x --cach=y", "'--cach'. Did you mean '--cache'")]
    [InlineData("retrian", "There is no command 'retrian'. Did you mean 'retrain'?")]
    [InlineData("cache verfy x", "There is no command 'verfy'. Did you mean 'verify'?")]
    [InlineData("predict --head x --toop 3 a.jpg", "There is no option '--toop'. Did you mean '--top'")]
    [InlineData("predict --hed x a.jpg", "There is no option '--hed'. Did you mean '--head'")]
    [InlineData("cache info --jsn", "There is no option '--jsn'. Did you mean '--json'?")]
    [InlineData("extract-features --images x --cache y z", "'z' is more than extract-features takes")]
    [InlineData("retrain --on-error stpo", "--on-error stpo: one of skip and stop is expected")]
    [InlineData("retrain --trainer adm", "Did you mean 'adam'?")]
    [InlineData("extract-features --images x --cache y --size 0", "--size 0: a number from 1 to 16384")]
    [InlineData("retrain --batch many", "--batch many: a whole number is expected")]
    [InlineData("retrain --learning-rate fast", "--learning-rate fast: a number")]
    [InlineData("retrain --test 0,1", "with a point for decimals")]
    [InlineData("retrain --preprocess incption", "--preprocess: 'incption'")]
    [InlineData("retrain --resize bilinear", "--resize: 'bilinear'")]
    [InlineData("retrain --images a --images b", "'--images'")]
    [InlineData("train-head --cache x --output y --trainer sgd --learning-rate 0,01", "--learning-rate 0,01: a number, with a point")]
    [InlineData("models", "list, inspect and profile")]
    [InlineData("", "retrain, extract-features")]
    public void A_fault_is_told_in_words_of_the_command_line(string line, string told)
    {
        var run = CommandRun.Of(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, run.Code);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.InRange(run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length, 1, 3);
    }

    [Theory]
    [InlineData("retrain", "--images", "")]
    [InlineData("retrain", "--output", "")]
    [InlineData("predict", "--head", "")]
    [InlineData("cache", "info", "")]
    public void An_empty_text_is_no_name(params string[] line)
    {
        var run = CommandRun.Of(line);
        Assert.Equal(2, run.Code);
        Assert.Contains("an empty text was given", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_name_begins_like_an_option_is_named_behind_two_dashes()
    {
        var run = CommandRun.Of("predict", "--head", "no-such-head", "--", "--toop", "-x.jpg");
        Assert.Equal(1, run.Code);
        Assert.Contains("no-such-head", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_with_an_at_sign_is_a_name()
    {
        var run = CommandRun.Of("cache", "info", "@no-such-cache");
        Assert.Equal(1, run.Code);
        Assert.Contains("@no-such-cache", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--root", ".")]
    [InlineData("--encoding", "latin1")]
    public void What_is_for_lists_is_refused_for_folders(string option, string value)
    {
        var run = CommandRun.Of("extract-features", "--images", AppContext.BaseDirectory, "--cache", "x", option, value);
        Assert.Equal(2, run.Code);
        Assert.Contains($"{option} is for a list", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_list_is_called_a_list()
    {
        var run = CommandRun.Of("extract-features", "--images", "no-such-list.csv", "--cache", "x");
        Assert.Equal(1, run.Code);
        Assert.StartsWith("error: The list ", run.Error, StringComparison.Ordinal);
    }
}
