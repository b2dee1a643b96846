using MlTransfer.Goldens;
using Xunit.Abstractions;

namespace MlTransfer.Trainers.Tests.Kernels;

/// <summary>Runs the trainers' kernels and golden optima again in processes that lack vector instructions.</summary>
[Trait("Category", "Golden")]
public sealed class RegisterWidthTests(ITestOutputHelper log)
{
    [SkippableTheory]
    [MemberData(nameof(HiddenInstructions.Settings), MemberType = typeof(HiddenInstructions))]
    public async Task Trainers_are_right_where_instructions_are_missing(string setting, string hidden)
    {
        Skip.If(HiddenInstructions.IsChild, "a child starts no children");
        var output = await HiddenInstructions.RunAsync(
            typeof(RegisterWidthTests).Assembly, setting, hidden, "FullyQualifiedName~LinearKernelsTests|FullyQualifiedName~UpdateKernelsTests|FullyQualifiedName~OptimaGoldenTests", log);
        Assert.All(new[] { "LinearKernelsTests", "OptimaGoldenTests" }, name => Assert.Contains(name, output, StringComparison.Ordinal));
    }

    [Fact]
    public void HiddenInstructions_are_not_used() => HiddenInstructions.AssertHidden(log);
}
