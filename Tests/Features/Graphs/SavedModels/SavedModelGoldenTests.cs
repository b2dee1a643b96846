using MlTransfer.Features.Graphs;
using MlTransfer.Features.Graphs.SavedModels;
using MlTransfer.Goldens;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Graphs.SavedModels;

/// <summary>SavedModels that TensorFlow wrote: those with variables are refused by name and with what to do, never half read.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/formats/1_models/savedmodel_*")]
public class SavedModelGoldenTests(ITestOutputHelper log)
{
    private static readonly string s_folder = GoldenFolder.At("golden", "formats", "1_models");

    public static TheoryData<string> Cases => Directory.Exists(s_folder)
        ? [.. Directory.GetDirectories(s_folder, "savedmodel*").Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal).DefaultIfEmpty("(none)")]
        : ["(none)"];

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Model_is_read_or_refused_with_advice(string name)
    {
        Skip.If(name == "(none)", "golden/formats/1_models/savedmodel_* is not here: set MLTRANSFER_SHARED");
        var folder = Path.Combine(s_folder, name);
        try
        {
            var model = SavedModelReader.Read(folder);
            log.WriteLine($"{model.Graph.Nodes.Count} nodes, signatures {string.Join(", ", model.Signatures.Keys)}");
            Assert.NotEmpty(model.Graph.Nodes);
        }
        catch (GraphFormatException refusal)
        {
            log.WriteLine(refusal.Message);
            Assert.StartsWith(folder, refusal.Message, StringComparison.Ordinal);
            Assert.True(
                refusal.Message.Contains("Freeze it first", StringComparison.Ordinal) || !File.Exists(Path.Combine(folder, SavedModelWriter.FileName)), refusal.Message);
        }
    }
}
