namespace MlTransfer.Pipeline.Tests;

public sealed class SampleProgramTests(SampleRun sample) : IClassFixture<SampleRun>
{
    [Fact]
    public async Task The_sample_program_turns_folders_into_a_head()
    {
        var folder = Directory.CreateDirectory(Path.Combine(sample.Folder, "program")).FullName;
        using var process = ChildProcess.Start("PhotosToClassifier.dll", folder, sample.Images);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await error);
        Assert.Contains("Accuracy", await output, StringComparison.Ordinal);
        Assert.Equal(["bag", "sneaker", "trouser"], Trainers.Heads.SoftmaxHead.Load(Path.Combine(folder, "photos.head")).Labels);
    }

    [Fact]
    public void It_is_short()
    {
        var source = Path.Combine(MlTransfer.Goldens.GoldenFolder.Repository, "samples", "PhotosToClassifier", "Program.cs");
        Assert.True(File.ReadLines(source).Count(line => line.Trim().Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)) < 20);
    }
}
