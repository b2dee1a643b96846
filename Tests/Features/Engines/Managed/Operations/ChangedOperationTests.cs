using MlTransfer.Features.Engines;
using MlTransfer.Features.Engines.Managed;
using MlTransfer.Features.Engines.Managed.Operations;
using MlTransfer.Features.Engines.Managed.Reference;
using MlTransfer.Features.Graphs;
using MlTransfer.Features.Tensors;
using MlTransfer.Features.Tests.Engines.Managed.Mixes;

namespace MlTransfer.Features.Tests.Engines.Managed.Operations;

/// <summary>
/// The cases of golden/ops with an attribute, a constant or an input changed: the compiled engine gives what the plain kernels give, or both refuse, in an
/// error of theirs.
/// </summary>
[Trait("Category", "Golden")]
[Trait("Golden", "golden/ops (changed)")]
public class ChangedOperationTests
{
    private const int ChangesOfEach = 20;

    /// <summary>Of the largest magnitude; see <see cref="RandomMixTests"/>.</summary>
    private const double Tolerance = 5e-4;

    private static readonly string[] s_texts = ["SAME", "VALID", "EXPLICIT", "NHWC", "NCHW", "REFLECT", "SYMMETRIC", "MIN_FIRST", "SCALED", "nearest", "other"];

    private static readonly long[] s_numbers = [0, 1, 2, 3, -1, 5, -2, 1L << 40];

    [SkippableFact]
    public void ChangedGraphs_AreRefusedByBothEnginesOrGiveTheSame()
    {
        Skip.If(GoldenOperation.Names.Count == 0, "golden/ops is not here: set MLTRANSFER_SHARED");
        var changes = int.TryParse(Environment.GetEnvironmentVariable(RandomMixTests.MoreVariable), out var more) ? Math.Max(ChangesOfEach, more / 10) : ChangesOfEach;
        var faults = new List<string>();
        var (same, refused) = (0, 0);
        foreach (var (place, name) in GoldenOperation.Names.Order(StringComparer.Ordinal).Index())
        {
            var golden = GoldenOperation.Named(name);
            if (golden.MustFail)
            {
                continue;
            }

            var graph = GraphDefReader.Read(golden.GraphPath);
            var feeds = golden.ReadFeeds();
            var random = new Random(place);
            for (var i = 0; i < changes; i++)
            {
                var (changed, what) = Change(graph, random);
                switch (Compare(changed, golden, feeds))
                {
                    case "same":
                        same++;
                        break;
                    case "refused":
                        refused++;
                        break;
                    case var fault:
                        faults.Add($"{name}, {what}: {fault}");
                        break;
                }
            }
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.True(same > 0 && refused > 0, $"{same} gave the same and {refused} were refused; the changes do not tell anything");
    }

    private static string Compare(Graph graph, GoldenOperation golden, Tensor[] feeds)
    {
        var (want, refusal) = Run(new ReferenceEngine(), graph, golden, feeds);
        var (got, other) = Run(new ManagedEngine(), graph, golden, feeds);
        if (want is null || got is null)
        {
            return want is null && got is null ? "refused" : $"refused by {(want is null ? "the plain kernels alone" : "the compiled engine alone")}: {refusal ?? other}";
        }

        for (var i = 0; i < want.Count; i++)
        {
            if (want[i].Type != got[i].Type || want[i].Shape != got[i].Shape)
            {
                return $"output {i} is {got[i].Type} {got[i].Shape}; {want[i].Type} {want[i].Shape} was wanted";
            }

            if (want[i].Type == DataType.Float32 && Difference(want[i].AsSpan<float>(), got[i].AsSpan<float>()) is { } difference)
            {
                return $"output {i}: {difference}";
            }
        }

        return "same";
    }

    private static string? Difference(ReadOnlySpan<float> want, ReadOnlySpan<float> got)
    {
        var largest = 1e-3f;
        foreach (var value in want)
        {
            largest = float.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        }

        for (var i = 0; i < want.Length; i++)
        {
            if (!want[i].Equals(got[i]) && !(Math.Abs((double)want[i] - got[i]) <= Tolerance * largest))
            {
                return $"element {i} is {got[i]:R}, wanted {want[i]:R} (largest {largest:R})";
            }
        }

        return null;
    }

    private static (IReadOnlyList<Tensor>? Results, string? Refusal) Run(IGraphEngine engine, Graph graph, GoldenOperation golden, Tensor[] feeds)
    {
        try
        {
            using var session = engine.Compile(graph, golden.Feeds, golden.Fetches, new EngineOptions { Threads = 1 });
            return (session.Run(feeds), null);
        }
        catch (Exception refusal) when (refusal is GraphFormatException or OperationException)
        {
            return (null, refusal.Message);
        }
    }

    private static (Graph Graph, string What) Change(Graph graph, Random random)
    {
        var nodes = graph.Nodes.ToList();
        var place = random.Next(nodes.Count);
        var node = nodes[place];
        var names = node.Attributes.Keys.Where(name => name is not ("_output_shapes" or "T" or "dtype")).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0 || random.Next(8) == 0)
        {
            if (node.Inputs.Count < 2)
            {
                return (graph, "nothing");
            }

            nodes[place] = node with { Inputs = [.. node.Inputs.Reverse()] };
            return (new Graph(nodes, [.. graph.Functions.Values], graph.Producer, graph.Source), $"inputs of {node.Name} reversed");
        }

        var name = names[random.Next(names.Length)];
        var value = Change(node.Attributes[name], random);
        nodes[place] = node with { Attributes = new Dictionary<string, AttributeValue>(node.Attributes) { [name] = value } };
        return (new Graph(nodes, [.. graph.Functions.Values], graph.Producer, graph.Source), $"{name} of {node.Name} ({node.Op}) changed");
    }

    private static AttributeValue Change(AttributeValue value, Random random) => value.Kind switch
    {
        AttributeKind.Int => AttributeValue.Of(s_numbers[random.Next(s_numbers.Length)]),
        AttributeKind.Bool => AttributeValue.Of(!value.Bool),
        AttributeKind.Float => AttributeValue.Of((float)random.NextDouble()),
        AttributeKind.Bytes => AttributeValue.Of(s_texts[random.Next(s_texts.Length)]),
        AttributeKind.List when value.List.Count > 0 && value.List[0].Kind == AttributeKind.Int => ChangeList(value.List, random),
        AttributeKind.Tensor when value.Tensor.Type is DataType.Int32 or DataType.Int64 && value.Tensor.Count > 0 => AttributeValue.Of(ChangeNumber(value.Tensor, random)),
        _ => value,
    };

    private static AttributeValue ChangeList(IReadOnlyList<AttributeValue> list, Random random)
    {
        var changed = list.ToList();
        if (random.Next(6) == 0)
        {
            changed.RemoveAt(random.Next(changed.Count));
        }
        else
        {
            changed[random.Next(changed.Count)] = AttributeValue.Of(s_numbers[random.Next(s_numbers.Length)]);
        }

        return AttributeValue.Of(changed);
    }

    private static Tensor ChangeNumber(Tensor tensor, Random random)
    {
        // Not the largest number: sizes made of it might fill the memory.
        var number = s_numbers[random.Next(s_numbers.Length - 1)];
        if (tensor.Type == DataType.Int64)
        {
            var wide = tensor.AsSpan<long>().ToArray();
            wide[random.Next(wide.Length)] = number;
            return Tensor.From(tensor.Shape, wide);
        }

        var values = tensor.AsSpan<int>().ToArray();
        values[random.Next(values.Length)] = (int)number;
        return Tensor.From(tensor.Shape, values);
    }
}
