using MlTransfer.Features.Engines.Managed.Operations.Randomness;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations.Randomness;

public class PhiloxTests
{
    /// <summary>Known answer of Random123 (kat_vectors, philox4x32 10) for counter and key 0.</summary>
    [Fact]
    public void FirstNumbersOfSeedZero_AreTheKnownAnswer() =>
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), new Philox(0, 0).Next());

    [Fact]
    public void Numbers_FollowFromTheSeed()
    {
        var first = new Philox(3, 4);
        var second = new Philox(3, 4);

        Assert.Equal(first.Next(), second.Next());
        Assert.NotEqual(first.Next(), new Philox(3, 4).Next());
    }
}
