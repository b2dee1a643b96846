using MlTransfer.Features.Engines.Managed.Kernels;
using MlTransfer.Features.Engines.Managed.Memory;

namespace MlTransfer.Features.Engines.Managed.Planning;

/// <summary>Adds two values of any shapes that broadcast, element by element, and limits the sum: right for all, fast for none.</summary>
internal sealed unsafe class BroadcastAddStep(string name, ArenaValue a, ArenaValue b, ArenaValue output, float low, float high)
    : Step(name, "broadcast add", [a, b], [output])
{
    private MapView _a;
    private MapView _b;
    private MapView _output;

    /// <inheritdoc/>
    public override void Bind(NativeBuffer arena) => (_a, _b, _output) = (View(arena, a), View(arena, b), View(arena, output));

    /// <inheritdoc/>
    public override void Run(RunState state)
    {
        var shape = output.Shape;
        for (var at = 0; at < shape.Count; at++)
        {
            var (rest, indexA, indexB, stepA, stepB) = (at, 0, 0, 1, 1);
            for (var i = 1; i <= shape.Rank; i++)
            {
                var index = rest % shape[shape.Rank - i];
                rest /= shape[shape.Rank - i];
                Walk(a, i, index, ref indexA, ref stepA);
                Walk(b, i, index, ref indexB, ref stepB);
            }

            var sum = Read(_a, a, indexA) + Read(_b, b, indexB);
            sum = sum < low ? low : sum > high ? high : sum;
            _output.Data[(nint)(at / output.Channels * _output.Pitch) + (at % output.Channels)] = sum;
        }
    }

    private static void Walk(ArenaValue value, int fromEnd, int index, ref int total, ref int step)
    {
        if (fromEnd <= value.Shape.Rank)
        {
            var extent = value.Shape[value.Shape.Rank - fromEnd];
            total += extent == 1 ? 0 : index * step;
            step *= extent;
        }
    }

    private static float Read(MapView view, ArenaValue value, int index) => view.Data[((nint)(index / value.Channels) * view.Pitch) + (index % value.Channels)];
}
