namespace MlTransfer.Features.Tests.Engines.Managed.Mixes;

/// <summary>Bytes as a stream of choices; past its end every choice is the first. A shorter recipe is a smaller graph, which is what shrinking looks for.</summary>
internal sealed class Recipe(byte[] bytes)
{
    private int _at;

    /// <summary>Whether choices are left.</summary>
    public bool IsLeft => _at < bytes.Length;

    /// <summary>A number from 0 to <paramref name="choices"/> − 1.</summary>
    public int Next(int choices) => IsLeft ? bytes[_at++] % choices : 0;

    /// <summary>One of some things.</summary>
    public T Pick<T>(params T[] choices) => choices[Next(choices.Length)];

    /// <summary>Whether something happens that happens once in <paramref name="times"/>; not past the end.</summary>
    public bool Rarely(int times) => Next(times) == times - 1;
}
