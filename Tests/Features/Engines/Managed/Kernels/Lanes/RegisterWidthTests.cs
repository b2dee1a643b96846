using System.Runtime.Intrinsics;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using MlTransfer.Features.Tests.Engines.Managed.Nets;
using MlTransfer.Goldens;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Lanes;

/// <summary>Runs kernels, golden operations, golden networks, random mixes and preprocessing again in processes that lack vector instructions.</summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/ops and golden/nets without vector instructions")]
public class RegisterWidthTests(ITestOutputHelper log)
{
    /// <summary>Set to 1, networks of any size run at every width.</summary>
    private const string AllVariable = "MLTRANSFER_ALL_WIDTHS";

    /// <summary>Multiplications and additions an image up to which a network runs at every width in an ordinary run of the tests: it takes seconds even one float at a time.</summary>
    private const long MostWork = 8_000_000_000;

    [SkippableTheory]
    [MemberData(nameof(HiddenInstructions.Settings), MemberType = typeof(HiddenInstructions))]
    public async Task EverythingComputed_IsRightWhereInstructionsAreMissing(string setting, string hidden)
    {
        Skip.If(HiddenInstructions.IsChild, "a child starts no children");
        var output = await HiddenInstructions.RunAsync(
            typeof(RegisterWidthTests).Assembly,
            setting,
            hidden,
            "FullyQualifiedName~Engines.Managed.Kernels|FullyQualifiedName~GoldenOperationTests|FullyQualifiedName~.Mixes.|FullyQualifiedName~.Preprocessing.",
            log);
        Assert.Contains("Convolution_KeepsTheBound", output, StringComparison.Ordinal);
        Assert.Contains("Winograd_KeepsTheBound", output, StringComparison.Ordinal);
        Assert.Contains("Strassen_KeepsTheBound", output, StringComparison.Ordinal);
        Assert.Contains("Operation_GivesTensorFlowsValues", output, StringComparison.Ordinal);
        Assert.Contains("Mix_GivesWhatThePlainKernelsGive", output, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(HiddenInstructions.Settings), MemberType = typeof(HiddenInstructions))]
    public async Task Nets_GiveTensorFlowsValuesWhereInstructionsAreMissing(string setting, string hidden)
    {
        Skip.If(HiddenInstructions.IsChild, "a child starts no children");
        Skip.If(GoldenNet.Names.Count == 0, "golden/nets is not here: set MLTRANSFER_SHARED");
        var byWork = GoldenNet.Names.Select(name => (Name: name, Work: new GoldenNet(name).WorkPerImage)).OrderBy(net => net.Work).ToList();
        var all = Environment.GetEnvironmentVariable(AllVariable) == "1";
        string[] chosen = [.. byWork.Where((net, i) => all || i == 0 || net.Work <= MostWork).Select(net => net.Name)];
        log.WriteLine($"{chosen.Length} of {byWork.Count} nets{(chosen.Length < byWork.Count ? $"; {AllVariable}=1 runs the larger ones too" : "")}: {string.Join(", ", chosen)}");
        var output = await HiddenInstructions.RunAsync(
            typeof(RegisterWidthTests).Assembly, setting, hidden, "FullyQualifiedName~Nets.GoldenNetTests", log, (GoldenNet.ChosenVariable, string.Join(',', chosen)));
        Assert.All(chosen, name => Assert.Contains($"Passed {typeof(GoldenNetTests).FullName}.{nameof(GoldenNetTests.Net_GivesTensorFlowsValues)}(name: \"{name}\")", output, StringComparison.Ordinal));
    }

    [Fact]
    public void HiddenInstructions_AreNotUsed()
    {
        HiddenInstructions.AssertHidden(log);
        log.WriteLine($"kernels use {LaneWidths.Best}");
        Assert.True(Vector512.IsHardwareAccelerated || LaneWidths.Best != LaneWidth.Bits512);
        Assert.True(Vector256.IsHardwareAccelerated || LaneWidths.Best != LaneWidth.Bits256);
        Assert.True(Vector128.IsHardwareAccelerated || LaneWidths.Best == LaneWidth.Scalar);
    }
}
