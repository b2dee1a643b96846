using System.Diagnostics;
using System.Runtime.Intrinsics;
using MlTransfer.Features.Engines.Managed.Kernels.Lanes;
using Xunit.Abstractions;

namespace MlTransfer.Features.Tests.Engines.Managed.Kernels.Lanes;

/// <summary>Runs the kernel tests again in processes in which the runtime hides vector instructions, and proves that it did.</summary>
public class RegisterWidthTests(ITestOutputHelper log)
{
    /// <summary>Tells a child which widths it must not find in hardware; absent in the parent.</summary>
    private const string HiddenVariable = "MLTRANSFER_TEST_HIDDEN_WIDTHS";

    [Theory]
    [InlineData("DOTNET_EnableAVX512F=0;DOTNET_EnableAVX512=0", "512")]
    [InlineData("DOTNET_EnableAVX2=0", "512,256")]
    [InlineData("DOTNET_EnableHWIntrinsic=0", "512,256,128")]
    public async Task Kernels_AreRightWhereInstructionsAreMissing(string setting, string hidden)
    {
        if (Environment.GetEnvironmentVariable(HiddenVariable) is not null)
        {
            // A child proves its own state below and starts no children.
            Assert.NotEmpty(setting);
            return;
        }

        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("vstest");
        start.ArgumentList.Add(typeof(RegisterWidthTests).Assembly.Location);
        start.ArgumentList.Add("--TestCaseFilter:FullyQualifiedName~Engines.Managed.Kernels");
        start.ArgumentList.Add("--logger:console;verbosity=detailed");
        start.Environment[HiddenVariable] = hidden;
        foreach (var variable in setting.Split(';'))
        {
            start.Environment[variable.Split('=')[0]] = variable.Split('=')[1];
        }

        using var child = Process.Start(start)!;
        var errors = child.StandardError.ReadToEndAsync();
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        log.WriteLine(string.Join('\n', output.Split('\n').TakeLast(8)));
        Assert.True(child.ExitCode == 0, output + await errors);
        Assert.Contains($"hidden {hidden}: 512 False", output, StringComparison.Ordinal);
        Assert.Contains("Convolution_KeepsTheBound", output, StringComparison.Ordinal);
        Assert.Contains("Winograd_KeepsTheBound", output, StringComparison.Ordinal);
    }

    [Fact]
    public void HiddenWidths_AreNotUsed()
    {
        var hidden = (Environment.GetEnvironmentVariable(HiddenVariable) ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries);
        log.WriteLine($"hidden {string.Join(',', hidden)}: 512 {Vector512.IsHardwareAccelerated}, 256 {Vector256.IsHardwareAccelerated}, 128 {Vector128.IsHardwareAccelerated}; kernels use {LaneWidths.Best}");
        foreach (var (name, width, isThere) in new[]
        {
            ("512", LaneWidth.Bits512, Vector512.IsHardwareAccelerated),
            ("256", LaneWidth.Bits256, Vector256.IsHardwareAccelerated),
            ("128", LaneWidth.Bits128, Vector128.IsHardwareAccelerated),
        })
        {
            Assert.False(hidden.Contains(name) && isThere, $"{name}-bit vectors were to be hidden and are in use");
            Assert.True(isThere || LaneWidths.Best != width);
        }
    }
}
