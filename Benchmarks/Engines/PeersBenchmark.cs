using System.Globalization;
using System.Text.Json;
using MlTransfer.Features.Graphs.Exports;

namespace MlTransfer.Benchmarks.Engines;

/// <summary>
/// The managed engine and ONNX Runtime on the same networks, each in a process of its own that stays loaded while both run by turns; and the whole
/// extraction against the engine alone. Every figure is the median of the rounds, every ratio that of the rounds' ratios.
/// </summary>
internal sealed class PeersBenchmark : IBenchmark
{
    /// <summary>Relative to the largest value: what two engines' features may differ by before they are not the same network.</summary>
    private const double Agreement = 1e-3;

    /// <summary>Parts of the names of folders in golden/nets that are compared unless --nets names others.</summary>
    private static readonly string[] s_nets = ["keras_resnet50", "keras_xception", "keras_vgg16", "keras_mobilenet_v2", "keras_inception_resnet_v2"];

    private readonly List<string> _notes = [];

    public string Name => "peers";

    public string Description =>
        "the managed engine against ONNX Runtime, and extraction against the engine alone (NODE_PATH with onnxruntime-node; --quick, --rounds N, --seconds N, "
        + "--only bundled|nets|extraction, --nets a,b, --peer-model FILE.onnx, --photos DIR, --photo-count N, --json)";

    public int Run(IReadOnlyList<string> arguments)
    {
        var quick = arguments.Contains("--quick");
        var settings = new Settings(
            Options.Number(arguments, "--rounds", quick ? 3 : 5), Options.Fraction(arguments, "--seconds", quick ? 1 : 2), Options.Text(arguments, "--model") ?? EngineModel.Bundled, Options.Text(arguments, "--peer-model"));
        if (!File.Exists(settings.Model))
        {
            Console.Error.WriteLine($"There is no file {settings.Model}; run from the repository's root or name the graph with --model FILE.");
            return 2;
        }

        var only = Options.Text(arguments, "--only");
        if (only is not (null or "bundled" or "nets" or "extraction"))
        {
            Console.Error.WriteLine($"--only {only}: bundled, nets or extraction is expected.");
            return 2;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{settings.Rounds} rounds of {settings.Seconds} s, the sides by turns; medians. Ratio above 1: the managed engine is better."));
        Comparison.PrintHead();
        var comparison = new Comparison();
        using var models = new OnnxModels();
        if (only is null or "bundled")
        {
            CompareBundled(comparison, models, settings);
        }

        if (only is null or "nets")
        {
            foreach (var net in Nets(arguments))
            {
                CompareNet(comparison, models, net, settings);
            }
        }

        if (only is null or "extraction")
        {
            CompareExtraction(comparison, arguments, settings, quick);
        }

        foreach (var note in _notes.Distinct())
        {
            Console.WriteLine(note);
        }

        if (arguments.Contains("--json"))
        {
            Console.WriteLine(comparison.ToJson());
        }

        return 0;
    }

    private void CompareBundled(Comparison comparison, OnnxModels models, Settings settings)
    {
        var net = models.Export(settings.Model, settings.PeerModel, ExportWeights.UInt8);
        foreach (var (batch, target) in new[] { (8, 1.25), (1, 1.1) })
        {
            var (sides, peers) = Start(net, batch, [1, 2]);
            Comparison.Alternate([.. sides, .. peers], settings.Rounds, settings.Seconds);
            for (var i = 0; i < sides.Count; i++)
            {
                comparison.AddRates($"bundled, batch {batch}, {Threads(i + 1)}: images/s", sides[i], peers.Count > 0 ? peers[i] : null, target);
            }

            if (batch == 8)
            {
                comparison.Add("bundled, batch 8: 2 threads against 1, images/s", Statistics.Median(sides[1].Rates), Statistics.Median(sides[0].Rates), Statistics.Median(sides[1].Rates.Zip(sides[0].Rates, (two, one) => two / one)), 1.9);
                double? peer = peers.Count > 0 ? peers[1].ResidentMegabytes : null;
                comparison.Add("bundled, batch 8, 2 threads: resident, MB", sides[1].ResidentMegabytes, peer, peer / sides[1].ResidentMegabytes, 1.0);
            }

            End(sides, peers);
        }

        List<double> ours = [], theirs = [];
        for (var round = 0; round < settings.Rounds; round++)
        {
            var (sides, peers) = Start(net, 1, [2]);
            ours.Add(sides[0].Loaded.GetProperty("firstRunMs").GetDouble());
            theirs.AddRange(peers.Select(peer => peer.Loaded.GetProperty("firstRunMs").GetDouble()));
            End(sides, peers);
        }

        var both = theirs.Count == ours.Count;
        comparison.Add("bundled: load, compile, first image, ms", Statistics.Median(ours), both ? Statistics.Median(theirs) : null, both ? Statistics.Median(theirs.Zip(ours, (a, b) => a / b)) : null, 1.0);
    }

    private void CompareNet(Comparison comparison, OnnxModels models, string folder, Settings settings)
    {
        var net = models.Export(folder);
        var (sides, peers) = Start(net, 8, [2]);
        Comparison.Alternate([.. sides, .. peers], settings.Rounds, settings.Seconds);
        comparison.AddRates($"{Path.GetFileName(folder)}, batch 8, 2 threads: images/s", sides[0], peers.Count > 0 ? peers[0] : null, 1.0);
        End(sides, peers);
        models.Delete(net);
    }

    private void CompareExtraction(Comparison comparison, IReadOnlyList<string> arguments, Settings settings, bool quick)
    {
        var folder = Options.Text(arguments, "--photos") ?? Path.Combine(Options.Shared, "flowers", "photos");
        if (!Directory.Exists(folder))
        {
            _notes.Add($"Extraction was left out: there is no folder {folder}; name one of photos with --photos DIR.");
            return;
        }

        var (photos, extraction, engine) = ExtractionRounds.Measure(folder, Options.Number(arguments, "--photo-count", quick ? 100 : int.MaxValue), settings.Rounds, threads: 2);
        comparison.Add(
            $"extraction of {photos} photos against the engine alone: images/s", Statistics.Median(extraction), Statistics.Median(engine), Statistics.Median(extraction.Zip(engine, (whole, alone) => whole / alone)), 0.92);
    }

    private IReadOnlyList<string> Nets(IReadOnlyList<string> arguments)
    {
        var root = Path.Combine(Options.Shared, "golden", "nets");
        root = Directory.Exists(root) ? root : Path.Combine("Tests", "Goldens", "shared", "golden", "nets");
        var wanted = Options.Text(arguments, "--nets")?.Split(',') ?? s_nets;
        var found = wanted.Select(name => Path.Combine(root, name)).ToLookup(folder => File.Exists(Path.Combine(folder, "manifest.json")));
        if (found[false].Any())
        {
            _notes.Add($"Left out, as they are not in {root}: {string.Join(", ", found[false].Select(Path.GetFileName))}; MLTRANSFER_SHARED names the folder that has them.");
        }

        return [.. found[true]];
    }

    /// <summary>Starts both sides for each number of threads, and checks that they compute the same.</summary>
    private (IReadOnlyList<Contestant> Ours, IReadOnlyList<Contestant> Peers) Start(ComparedNet net, int batch, int[] threads)
    {
        List<Contestant> ours = [.. threads.Select(count => Contestant.Managed(net, count, batch))];
        List<Contestant> peers = [];
        try
        {
            peers.AddRange(threads.Select(count => Contestant.OnnxRuntime(net, count, batch)));
            CheckAgreement(net.Path, ours[0].Loaded, peers[0].Loaded);
        }
        catch (PeerMissingException fault)
        {
            _notes.Add($"ONNX Runtime was left out: {fault.Message}");
            peers.Clear();
        }

        return (ours, peers);
    }

    private void CheckAgreement(string model, JsonElement ours, JsonElement peer)
    {
        double[] a = [.. ours.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
        double[] b = [.. peer.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())];
        var largest = b.Max(Math.Abs);
        var difference = a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
        var name = Path.GetFileName(model);
        _notes.Add(a.Length == b.Length && difference <= Agreement * largest
            ? $"{name}: both give the same features."
            : string.Create(CultureInfo.InvariantCulture, $"{name}: THE SIDES DIFFER by {difference:G3} where the largest feature is {largest:G3}; the comparison is of different things."));
    }

    private static void End(params IReadOnlyList<Contestant>[] sides)
    {
        foreach (var side in sides.SelectMany(side => side))
        {
            side.Dispose();
        }
    }

    private static string Threads(int count) => count == 1 ? "1 thread" : string.Create(CultureInfo.InvariantCulture, $"{count} threads");

    private sealed record Settings(int Rounds, double Seconds, string Model, string? PeerModel);
}
