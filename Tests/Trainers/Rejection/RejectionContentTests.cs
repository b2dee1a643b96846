using MlTransfer.Datasets.Arrays;
using MlTransfer.Trainers.Heads;
using MlTransfer.Trainers.Rejection;

namespace MlTransfer.Trainers.Tests.Rejection;

/// <summary>The rule in head files.</summary>
public sealed class RejectionContentTests : IDisposable
{
    private static readonly string[] s_labels = ["a", "b", "c"];

    private readonly string _folder = Directory.CreateTempSubdirectory("rejection").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(30)]
    [InlineData(2)]
    public void A_head_judges_the_same_after_it_was_saved(int columns)
    {
        var (head, features) = Taught(columns);
        var path = Path.Combine(_folder, "a.head");
        head.Save(path);
        var again = ClassifierHead.Load(path);
        var (rule, loaded) = (head.Description.Rejection!, again.Description.Rejection!);
        Assert.Equal((rule.MinimumProbability, rule.MaximumDistance, rule.Rate, rule.ValidationRows), (loaded.MinimumProbability, loaded.MaximumDistance, loaded.Rate, loaded.ValidationRows));
        var probabilities = head.Predict(features);
        for (var row = 0; row < features.Rows; row++)
        {
            var own = probabilities.AsSpan(row * 3, 3);
            Assert.Equal(rule.Judge(features.Row(row), own), loaded.Judge(features.Row(row), own));
        }

        again.Save(Path.Combine(_folder, "b.head"));
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(Path.Combine(_folder, "b.head")));
    }

    [Theory]
    [InlineData("probability", "out of range")]
    [InlineData("rows", "out of range")]
    [InlineData("missing threshold", "rejection")]
    [InlineData("no centroids", "rejection.centroids")]
    [InlineData("no variances", "rejection.variances")]
    [InlineData("variance", "above zero")]
    [InlineData("infinite", "finite")]
    public void Damaged_rules_are_refused(string damage, string message)
    {
        var (head, _) = Taught(30);
        var path = Path.Combine(_folder, "a.head");
        head.Save(path);
        var (tensors, metadata) = Contents(path);
        switch (damage)
        {
            case "probability": metadata["rejection"] = """{"minimum_probability":1.5,"maximum_distance":1,"rate":0.05,"validation_rows":9}"""; break;
            case "rows": metadata["rejection"] = """{"minimum_probability":0.5,"maximum_distance":1,"rate":0.05,"validation_rows":0}"""; break;
            case "missing threshold": metadata["rejection"] = """{"minimum_probability":0.5}"""; break;
            case "no centroids": tensors.RemoveAll(tensor => tensor.Name == "rejection.centroids"); break;
            case "no variances": tensors.RemoveAll(tensor => tensor.Name == "rejection.variances"); break;
            case "variance": Change(tensors, "rejection.variances", 0); break;
            default: Change(tensors, "rejection.axes", float.PositiveInfinity); break;
        }

        SafetensorsWriter.Write(path, tensors, metadata);
        var fault = Assert.Throws<InvalidDataException>(() => ClassifierHead.Load(path));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_of_other_features_is_refused()
    {
        var (head, _) = Taught(30);
        var (other, _) = Taught(20);
        Assert.Contains("30", Assert.Throws<ArgumentException>(() => head.WithDescription(head.Description with { Rejection = other.Description.Rejection })).Message, StringComparison.Ordinal);
    }

    private static (ClassifierHead Head, FeatureMatrix Features) Taught(int columns)
    {
        var (features, labels) = RandomData.Classes(200, columns, 3);
        var rows = new TrainingRows { Features = features, Labels = labels };
        var head = new SoftmaxRegressionTrainer(new SoftmaxRegressionOptions { Labels = s_labels, L2 = 0.01 }).Fit(features, labels)
            .CreateHead(new HeadDescription { Labels = s_labels, BackboneId = "b", GraphSha256 = "0", Tensor = "t", Preprocessing = "p" });
        return (head.WithDescription(head.Description with { Rejection = RejectionRule.Fit(head, rows, rows) }), features);
    }

    private static (List<SafetensorsTensor> Tensors, Dictionary<string, string> Metadata) Contents(string path)
    {
        using var reader = new SafetensorsReader(path);
        return ([.. reader.Tensors.Select(pair => new SafetensorsTensor(pair.Key, pair.Value.Type, [.. pair.Value.Shape], reader.ReadBytes(pair.Key)))], new Dictionary<string, string>(reader.Metadata));
    }

    private static void Change(List<SafetensorsTensor> tensors, string name, float value)
    {
        var place = tensors.FindIndex(candidate => candidate.Name == name);
        var bytes = tensors[place].Data.ToArray();
        BitConverter.TryWriteBytes(bytes, value);
        tensors[place] = tensors[place] with { Data = bytes };
    }
}
